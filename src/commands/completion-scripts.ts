/** Scripts that complete `tlw` in a shell. Pure; all but the names of experiments is written into the script. */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  /** Whether its arguments are experiments. */
  readonly takesExperiment: boolean;
  readonly subcommands: readonly string[];
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly choices: readonly string[];
  }[];
}

/** The script of a shell; names and flags are plain words. */
export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  return { bash, zsh, fish }[shell](commands);
}

function bash(commands: readonly CompletedCommand[]): string {
  return `_tlw() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words='' root=() option=\${COMP_WORDS[COMP_CWORD]} i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [ "\${COMP_WORDS[i]}" = --root ] && root=(--root "\${COMP_WORDS[i+1]}")
    [ "\${COMP_WORDS[i]}" = -- ] && option=''
  done
  if [ "$COMP_CWORD" -eq 1 ]; then words='${namesOf(commands)}'
  elif ${isFileFlag('"$previous"')}; then COMPREPLY=($(compgen -f -- "$current")); return
  else
    case "\${COMP_WORDS[1]} $previous" in
${choiceCases(commands)}    esac
    [ -n "$words" ] || case "\${COMP_WORDS[1]} $option" in
${optionCases(commands, "words='", "'")}    '${commandsWith(commands).join(` '*|'`)} '*)
      local IFS=$'\\n'; COMPREPLY=($(tlw completion "\${root[@]}" "--names=$current" 2>/dev/null)); return ;;
${subcommandCases(commands)}    *) COMPREPLY=($(compgen -f -- "$current")); return ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o filenames -o nosort -F _tlw tlw training-log-wizard 2>/dev/null || complete -F _tlw tlw training-log-wizard
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  return `#compdef tlw training-log-wizard
_tlw() {
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]} found='' option=\${words[CURRENT]} i
  local -a root
  for ((i = 2; i < CURRENT; i++)); do
    [[ \${words[i]} == --root ]] && root=(--root "\${words[i+1]}")
    [[ \${words[i]} == -- ]] && option=''
  done
  if (( CURRENT == 2 )); then found='${namesOf(commands)}'
  elif ${isFileFlag('"$previous"')}; then _files; return
  else
    case "\${words[2]} $previous" in
${choiceCases(commands, 'found')}    esac
    [[ -n $found ]] || case "\${words[2]} $option" in
${optionCases(commands, "found='", "'")}    '${commandsWith(commands).join(` '*|'`)} '*)
      compadd -U -- \${(f)"$(tlw completion $root "--names=$current" 2>/dev/null)"}; return ;;
${subcommandCases(commands, 'found')}    *) _files; return ;;
    esac
  fi
  compadd -- \${=found}
}
compdef _tlw tlw training-log-wizard
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const line = (condition: string, rest: string): string => `complete -c tlw -n '${condition}' ${rest}\n`;
  const seen = (name: string): string => `__fish_seen_subcommand_from ${name}`;
  return commands
    .flatMap(({ name, summary, takesExperiment, subcommands, options }) => [
      line('__fish_use_subcommand', `-f -a ${name} -d ${quoted(summary)}`),
      ...(takesExperiment ? [line(seen(name), `-f -a '(tlw completion --names=(commandline -ct) 2>/dev/null)'`)] : []),
      ...(subcommands.length > 0 ? [line(seen(name), `-f -a '${subcommands.join(' ')}'`)] : []),
      ...options.map(({ flag, description, choices }) => {
        const value = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : '';
        return line(seen(name), `-l ${flag.slice(2)} -d ${quoted(description)}${value}`);
      }),
    ])
    .join('');
}

function namesOf(commands: readonly CompletedCommand[]): string {
  return [...commands.map(({ name }) => name), 'help'].join(' ');
}

function commandsWith(commands: readonly CompletedCommand[]): string[] {
  return commands.filter(({ takesExperiment }) => takesExperiment).map(({ name }) => name);
}

function isFileFlag(word: string): string {
  return ['--root', '--config', '--out', '-c', '-o'].map((flag) => `[ ${word} = ${flag} ]`).join(' || ');
}

function choiceCases(commands: readonly CompletedCommand[], variable = 'words'): string {
  return commands
    .flatMap(({ name, options }) =>
      options
        .filter(({ choices }) => choices.length > 0)
        .map(({ flag, choices }) => `    '${name} ${flag}') ${variable}='${choices.join(' ')}' ;;\n`),
    )
    .join('');
}

function optionCases(commands: readonly CompletedCommand[], before: string, after: string): string {
  return commands
    .map(
      ({ name, options }) =>
        `    '${name} -'*) ${before}${options.map(({ flag }) => flag).join(' ')} --help${after} ;;\n`,
    )
    .join('');
}

function subcommandCases(commands: readonly CompletedCommand[], variable = 'words'): string {
  return commands
    .filter(({ subcommands }) => subcommands.length > 0)
    .map(({ name, subcommands }) => `    '${name} '*) ${variable}='${subcommands.join(' ')}' ;;\n`)
    .join('');
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
