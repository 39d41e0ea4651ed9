/**
 * Outside VS Code the system says whether pages are light or dark. The body's class tells it to the parts
 * that look there; the colours themselves are in standalone.css.
 */
export function followSystemTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const more = matchMedia('(prefers-contrast: more)');
  const apply = () => {
    const kind = more.matches
      ? dark.matches
        ? 'vscode-high-contrast'
        : 'vscode-high-contrast-light'
      : dark.matches
        ? 'vscode-dark'
        : 'vscode-light';
    document.body.className = kind;
  };
  apply();
  dark.addEventListener('change', apply);
  more.addEventListener('change', apply);
}
