"""Training against a critic: what it says counts in proportion to the plain loss, so that neither rules the other."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..networks.critic import PatchCritic

RATE = 4e-4


class AnyCritic:
    """A critic's network (drawn, given -> logits, above 0 where it looks true) with its optimiser. `share`: how strongly it pulls at what
    is drawn, the plain loss's pull being 1."""

    def __init__(self, network: nn.Module, rate: float, share: float) -> None:
        self.network = network
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=rate, betas=(0.0, 0.99))
        self.share = share

    def state_dict(self) -> dict[str, object]:
        return {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}

    def load_state_dict(self, state: dict[str, dict[str, object]]) -> None:
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])

    def learn(self, true: Tensor, drawn: Tensor, given: Tensor) -> Tensor:
        """One step of the critic (hinge loss, Lim and Ye 2017); returns the share of places that it classified rightly."""
        real, fake = self.network(true, given), self.network(drawn.detach(), given)
        loss = F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return ((real.detach() > 0).float().mean() + (fake.detach() < 0).float().mean()) / 2


class Critic(AnyCritic):
    """A critic of latents."""

    def __init__(self, latent: int, given: int, share: float, device: str) -> None:
        super().__init__(PatchCritic(latent, given).to(device), RATE, share)

    def added(self, plain: Tensor, drawn: Tensor, given: Tensor, rows: Tensor) -> Tensor:
        """What to add to the loss `plain`: the critic's wish for some rows of `drawn`, scaled so that its gradient at `drawn` has `share`
        times the length of the plain loss's (Esser et al. 2021, eq. 7, taken at the latents instead of the last layer)."""
        wish = -self.network(drawn[rows], given[rows]).mean()
        ours, theirs = (torch.autograd.grad(loss, drawn, retain_graph=True)[0].norm() for loss in (plain, wish))
        return self.share * (ours / (theirs + 1e-8)).detach() * wish
