/**
 * Outside VS Code the system says whether pages are light or dark. The body's class tells it to the parts
 * that look there; the colours themselves are in standalone.css.
 */
export function followSystemTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const more = matchMedia('(prefers-contrast: more)');
  const paper = matchMedia('print');
  const apply = () => {
    const isDark = dark.matches && !paper.matches;
    const plain = isDark ? 'vscode-dark' : 'vscode-light';
    const strong = isDark ? 'vscode-high-contrast' : 'vscode-high-contrast-light';
    document.body.className = more.matches ? strong : plain;
  };
  apply();
  dark.addEventListener('change', apply);
  more.addEventListener('change', apply);
  paper.addEventListener('change', apply);
}
