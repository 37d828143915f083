import type { Argument, Command, Option } from 'commander';

/** A command as completion needs it: plain data, so that a shell's question is answered without the program's own code. */
export interface CommandTree {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionNode[];
  readonly operands: readonly OperandNode[];
  /** Those that the help shows. */
  readonly commands: readonly CommandTree[];
}

export interface OptionNode extends Pick<Option, 'flags' | 'description' | 'required' | 'optional'> {
  readonly long?: string;
  readonly short?: string;
  readonly choices?: readonly string[];
}

export interface OperandNode {
  readonly name: string;
  readonly variadic: boolean;
  readonly choices?: readonly string[];
}

/** A command with all below it. */
export function treeOf(command: Command): CommandTree {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(optionNode),
    operands: command.registeredArguments.map(operandNode),
    commands: help.visibleCommands(command).map(treeOf),
  };
}

function optionNode({ flags, description, required, optional, long, short, argChoices }: Option): OptionNode {
  return {
    ...{ flags, description, required, optional },
    ...(long ? { long } : {}),
    ...(short ? { short } : {}),
    ...(argChoices ? { choices: argChoices } : {}),
  };
}

function operandNode(argument: Argument): OperandNode {
  const { variadic, argChoices } = argument;
  return { name: argument.name(), variadic, ...(argChoices ? { choices: argChoices } : {}) };
}
