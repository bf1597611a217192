import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import { isKey, isPlain, type KeyName } from "./keymap";

/** Answers a shortcut; `false` leaves the key to the page. */
type Run = (event: KeyboardEvent) => unknown;

interface Binding {
  name: KeyName;
  layer: number;
  run: Run;
}

interface Board {
  bind: (binding: Binding) => () => void;
  open: (layer: number) => () => void;
  /** The names bound in one layer, in the order in which they were bound. */
  bound: (layer: number) => KeyName[];
  /** Does what the newest binding of this name in one layer does. */
  press: (name: KeyName, layer: number) => void;
  /** Does it once a screen below every dialog binds it, unless the person does something else before. */
  awaits: (name: KeyName) => void;
  /** Runs `take` as soon as no layer lies over this one. */
  arrive: (layer: number, take: () => void) => void;
}

const BoardContext = createContext<Board | null>(null);
const LayerContext = createContext(0);

/** Hears the keyboard for everything inside. The newest layer (a dialog) alone gets the keys. */
export function Keyboard({ children }: { children: ReactNode }) {
  const bindings = useRef<Binding[]>([]);
  const layers = useRef<number[]>([0]);
  const awaited = useRef<KeyName | null>(null);
  const arrived = useRef<{ layer: number; take: () => void } | null>(null);

  const board = useMemo<Board>(
    () => ({
      bind: (binding) => {
        bindings.current.push(binding);
        if (binding.layer === 0 && binding.name === awaited.current) {
          awaited.current = null;
          binding.run(new KeyboardEvent("keydown"));
        }
        return () => {
          bindings.current = bindings.current.filter((known) => known !== binding);
        };
      },
      open: (layer) => {
        layers.current.push(layer);
        return () => {
          layers.current.splice(layers.current.lastIndexOf(layer), 1);
          const waiting = arrived.current;
          if (waiting === null || Math.max(...layers.current) > waiting.layer) return;
          arrived.current = null;
          waiting.take();
        };
      },
      bound: (layer) => [
        ...new Set(bindings.current.filter((b) => b.layer === layer).map((b) => b.name)),
      ],
      press: (name, layer) => {
        const known = bindings.current.filter((b) => b.layer === layer && b.name === name);
        known.at(-1)?.run(new KeyboardEvent("keydown"));
      },
      awaits: (name) => {
        awaited.current = name;
      },
      arrive: (layer, take) => {
        if (Math.max(...layers.current) <= layer) take();
        else arrived.current = { layer, take };
      },
    }),
    [],
  );

  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const top = Math.max(...layers.current);
      const typing = isTyping(event.target);
      for (const binding of [...bindings.current].reverse()) {
        if (binding.layer !== top || !isKey(binding.name, event)) continue;
        if (typing && isPlain(binding.name) && !asksForKeys(binding.name, event.target)) continue;
        if (binding.run(event) !== false) {
          event.preventDefault();
          // A dialog that this key opened listens above us, and must not take the key for its own.
          event.stopPropagation();
          return;
        }
      }
    };
    const forget = () => {
      awaited.current = null;
    };
    for (const act of ["keydown", "pointerdown"]) window.addEventListener(act, forget, true);
    document.addEventListener("keydown", hear);
    return () => {
      for (const act of ["keydown", "pointerdown"]) window.removeEventListener(act, forget, true);
      document.removeEventListener("keydown", hear);
    };
  }, []);

  return <BoardContext.Provider value={board}>{children}</BoardContext.Provider>;
}

/**
 * Everything inside is above the rest: a dialog. What stays drawn for a moment after it was closed says
 * so by `open`; the keys are the rest's again at once.
 */
export function KeyLayer({ children, open = true }: { children: ReactNode; open?: boolean }) {
  const board = useBoard();
  const layer = useContext(LayerContext) + 1;
  useLayoutEffect(() => {
    if (open) return board.open(layer);
    return undefined;
  }, [board, layer, open]);
  return <LayerContext.Provider value={layer}>{children}</LayerContext.Provider>;
}

/** Binds a shortcut while the component is mounted and `active`. */
export function useKey(name: KeyName, run: Run, active = true): void {
  const board = useBoard();
  const layer = useContext(LayerContext);
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!active) return;
    return board.bind({ name, layer, run: (event) => latest.current(event) });
  }, [board, name, layer, active]);
}

/**
 * Lists shortcuts that a part answers itself, where the key means that part only (a grid), while the
 * part is `active`.
 */
export function useKeyNotes(names: readonly KeyName[], active = true): void {
  const board = useBoard();
  const layer = useContext(LayerContext);
  const list = names.join(" ");
  useEffect(() => {
    if (!active) return;
    const undo = (list.split(" ") as KeyName[]).map((name) =>
      board.bind({ name, layer, run: () => false }),
    );
    return () => {
      for (const one of undo) one();
    };
  }, [board, list, layer, active]);
}

/** The shortcuts that work on the screen below every dialog. */
export function useBoundKeys(): () => KeyName[] {
  const board = useBoard();
  return useCallback(() => board.bound(0), [board]);
}

/** Does by its name what a shortcut does on the screen below every dialog. */
export function usePress(): (name: KeyName) => void {
  const board = useBoard();
  return useCallback((name) => board.press(name, 0), [board]);
}

/** Has a shortcut done by the screen that one is on the way to, as soon as it can. */
export function useAwaitKey(): (name: KeyName) => void {
  const board = useBoard();
  return useCallback((name) => board.awaits(name), [board]);
}

/**
 * Takes the cursor for a screen that has come. A dialog that was opened while the screen was on its way keeps it, and
 * what is typed there; the screen has it once the dialog is closed.
 */
export function useArrival(): (take: () => void) => void {
  const board = useBoard();
  const layer = useContext(LayerContext);
  return useCallback((take) => board.arrive(layer, take), [board, layer]);
}

function useBoard(): Board {
  const board = useContext(BoardContext);
  if (!board) throw new Error("a shortcut is bound outside of <Keyboard>");
  return board;
}

/** Whether keys pressed there are text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLTextAreaElement || target.isContentEditable) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  return !["checkbox", "radio", "button"].includes(target.type) && !target.readOnly;
}

/** Nobody looks for a question mark: in an empty search it asks for the keys. */
function asksForKeys(name: KeyName, target: EventTarget | null): boolean {
  if (name !== "keys" || !(target instanceof HTMLInputElement)) return false;
  return target.value === "" && target.closest("[role=search]") !== null;
}
