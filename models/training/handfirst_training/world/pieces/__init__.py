"""What signers are made of beside their body: garments, hair and faces, attached to the vertices of the MakeHuman base mesh."""
