// Small helpers on the document.

/** The element with this id. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found as Kind;
}

/** A button that does something. */
export function onClick(id: string, act: () => void): HTMLButtonElement {
  const button = byId<HTMLButtonElement>(id);
  button.addEventListener("click", act);
  return button;
}

/** Milliseconds between two sentences to screen readers. */
const QUIET = 4000;

/** A live region that speaks seldom: the last sentence of a while is the one that is said. */
export class Announcer {
  private readonly element = byId("live");
  private waiting: string | null = null;
  private last = Number.NEGATIVE_INFINITY;

  say(sentence: string): void {
    const pause = this.last + QUIET - performance.now();
    if (pause <= 0) this.put(sentence);
    else {
      if (this.waiting === null) setTimeout(() => this.put(this.waiting ?? ""), pause);
      this.waiting = sentence;
    }
  }

  private put(sentence: string): void {
    this.waiting = null;
    this.last = performance.now();
    this.element.textContent = sentence;
  }
}

/** Sentences about what went wrong or was changed, in a place of their own. */
export function notify(sentences: readonly string[]): void {
  byId("notices").replaceChildren(
    ...sentences.map((sentence) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = sentence;
      return paragraph;
    }),
  );
}

/** Copies text; where the clipboard is closed the text is selected, if it is on the page, and the answer is false. */
export async function copy(text: string, shown?: HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    shown?.select();
    return false;
  }
}

/** Says on a button that something was done, for a moment. */
export function confirmOn(button: HTMLButtonElement, word: string): void {
  const usual = button.dataset.usual ?? button.textContent ?? "";
  button.dataset.usual = usual;
  button.textContent = word;
  setTimeout(() => {
    button.textContent = usual;
  }, 1500);
}
