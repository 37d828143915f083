import { Argument, Command } from 'commander';
import { treeOf } from './command-tree.js';
import { complete, offer } from './complete.js';

/*
 * Shells ask `handfirst __complete WORD...` for what could stand in the last word's place. It answers with a line that says whether
 * files or folders can stand there as well (`files`, `folders`, `none`), then a line a candidate: the word, a tab, what it means.
 */

const BASH = `# handfirst completion for bash
_handfirst() {
  local IFS=$'\\n' line kind= current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  # Bash parts words at = and :, which belong to flags and paths here.
  local words=() part= at
  for ((at = 1; at <= COMP_CWORD; at++)); do
    part=\${COMP_WORDS[at]}
    if ((at > 1)) && [[ $part == = || \${COMP_WORDS[at-1]} == = ]]; then
      words[\${#words[@]}-1]+=$part
    else
      words+=("$part")
    fi
  done
  [[ $current == = ]] && current=
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=$line; continue; fi
    line=\${line%%$'\\t'*}
    [[ $line == "$current"* ]] && COMPREPLY+=("$line")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${words[@]}" 2>/dev/null)
  case $kind in
    files) compopt -o filenames; COMPREPLY+=($(compgen -f -- "$current")) ;;
    folders) compopt -o filenames; COMPREPLY+=($(compgen -d -- "$current")) ;;
  esac
}
complete -F _handfirst handfirst`;

const ZSH = `#compdef handfirst
# handfirst completion for zsh
_handfirst() {
  local -a lines candidates
  lines=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local kind=$lines[1] tab=$'\\t'
  candidates=("\${(@)lines[2,-1]//:/\\\\:}")
  candidates=("\${(@)candidates//$tab/:}")
  compset -P '*='
  [[ -n $lines[2] ]] && _describe 'handfirst' candidates
  [[ $kind == files ]] && _files
  [[ $kind == folders ]] && _files -/
  return 0
}
if [[ $zsh_eval_context == *func ]]; then _handfirst "$@"; else compdef _handfirst handfirst; fi`;

const FISH = `# handfirst completion for fish
function __handfirst_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (command $words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    set -l flag (string match -r -- '^--[^=]*=' "$current")
    for line in $lines[2..-1]
        printf '%s%s\\n' "$flag" $line
    end
    switch "$lines[1]"
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current" ''
    end
end
complete -c handfirst -f -a '(__handfirst_complete)'`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

/** `handfirst completion SHELL`. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print a script that completes commands, flags and values with the Tab key')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      `
To switch it on, in this shell:
  source <(handfirst completion bash)
  source <(handfirst completion zsh)
  handfirst completion fish | source

To keep it, add that line to ~/.bashrc, to ~/.zshrc (below compinit), or to ~/.config/fish/config.fish.`,
    )
    .action((shell: string) => {
      process.stdout.write(`${SCRIPTS[shell] ?? ''}\n`);
    });
}

/** `handfirst __complete -- WORD...`: what the scripts ask. `bin/handfirst.js` answers it from the built tree of commands where it can. */
export function completeCommand(): Command {
  return new Command('__complete')
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[], _flags: unknown, command: Command) => {
      const root = command.parent;
      if (root) process.stdout.write(offer(await complete(treeOf(root), words)));
    });
}
