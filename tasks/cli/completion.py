"""`newsmill completion`: the script that teaches a shell the command's words."""

import click
from click.shell_completion import get_completion_class

from tasks.cli.output import write

PROGRAM = "newsmill"
VARIABLE = "_NEWSMILL_COMPLETE"  # by which the script asks for words: Click's rule for a command of this name
SHELLS = ("bash", "zsh", "fish")


@click.command("completion", epilog="Example: newsmill completion bash > ~/.local/share/bash-completion/completions/newsmill")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the script by which a shell completes commands, options and the names of jobs with Tab.

    \b
    bash   newsmill completion bash > ~/.local/share/bash-completion/completions/newsmill
           (needs the package bash-completion; or, in ~/.bashrc:  eval "$(newsmill completion bash)")
    zsh    eval "$(newsmill completion zsh)", in ~/.zshrc after compinit
    fish   newsmill completion fish > ~/.config/fish/completions/newsmill.fish

    It takes effect in the next shell.
    """
    script = get_completion_class(shell)
    assert script is not None  # Click has all three
    root = click.get_current_context().find_root().command
    write(script(root, {}, PROGRAM, VARIABLE).source().encode())
