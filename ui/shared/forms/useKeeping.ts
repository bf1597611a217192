import { useCallback, useEffect, useRef, useState } from "react";
import type { FormDraft } from "../generated/contract";
import { call } from "../platform/call";

/** So long what was typed may be on the screen only, in milliseconds. */
const WITHIN = 400;

export interface Keeping {
  /** Forms of this record (or new ones) that were left unsaved before, the newest first. */
  left: FormDraft[];
  /** From now on the form is kept in place of this one, which is left no more. */
  goOn: (draft: FormDraft) => void;
  /** Nothing of this form is to be kept: it was saved, or the person throws it away. */
  forget: () => void;
  /** Throws away one that was left. */
  drop: (draft: FormDraft) => void;
}

/**
 * Keeps a form on the disk while it is typed into, so that no crash loses more than the last moment.
 * `content` is what is to be kept; `null` while nothing was typed.
 */
export function useKeeping(
  entity: string,
  record: string | null,
  id: string,
  content: (() => string) | null,
): Keeping {
  const [left, setLeft] = useState<FormDraft[]>([]);
  const draft = useRef(id);
  const newest = useRef(content);
  const isKept = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  // One after the other: what is forgotten must not be kept by a call that was made before.
  const line = useRef<Promise<unknown>>(Promise.resolve());

  const send = useCallback(
    (which: string, kept: string | null) => {
      const ask = () => call("keep_draft", { entity, record, draft: which, content: kept });
      // The next change tries again; what is typed is on the screen.
      line.current = line.current.then(ask).catch(() => undefined);
    },
    [entity, record],
  );
  const stop = () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
  };
  const forget = useCallback(() => {
    stop();
    newest.current = null;
    if (isKept.current) send(draft.current, null);
    isKept.current = false;
  }, [send]);

  useEffect(() => {
    newest.current = content;
    if (!content) {
      forget();
      return;
    }
    timer.current ??= setTimeout(() => {
      timer.current = null;
      if (!newest.current) return;
      isKept.current = true;
      send(draft.current, newest.current());
    }, WITHIN);
  }, [content, forget, send]);

  // A form that goes from the screen with something typed is kept as it stood.
  useEffect(
    () => () => {
      if (timer.current !== null && newest.current) send(draft.current, newest.current());
      stop();
    },
    [send],
  );

  useEffect(() => {
    let current = true;
    call("drafts", { entity, record }).then(
      (drafts) => current && setLeft(drafts.filter((each) => each.id !== draft.current || record)),
      // Who cannot be told what was left can still type.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [entity, record]);

  const without = (gone: FormDraft) => setLeft((all) => all.filter((each) => each.id !== gone.id));
  return {
    left,
    goOn: (taken) => {
      draft.current = taken.id;
      isKept.current = true;
      without(taken);
    },
    forget,
    drop: (dropped) => {
      send(dropped.id, null);
      without(dropped);
    },
  };
}
