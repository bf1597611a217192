import { listen } from "@tauri-apps/api/event";
import { type RefObject, useEffect, useRef, useState } from "react";
import { pixelRatio } from "./zoom";

interface Drag {
  paths?: string[];
  /** In pixels of the screen. */
  position: { x: number; y: number };
}

/** Hears of files that are dropped on a box, by their paths; answers whether some are held over it now. */
export function useDropped(
  box: RefObject<HTMLElement | null>,
  active: boolean,
  take: (paths: string[]) => void,
): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    if (!active) return;
    const within = ({ position }: Drag) => {
      const at = box.current?.getBoundingClientRect();
      const [x, y] = [position.x / pixelRatio(), position.y / pixelRatio()];
      return at !== undefined && x >= at.left && x <= at.right && y >= at.top && y <= at.bottom;
    };
    let stopped = false;
    const subscriptions = [
      listen<Drag>("tauri://drag-over", ({ payload }) => {
        if (!stopped) setOver(within(payload));
      }),
      listen("tauri://drag-leave", () => {
        if (!stopped) setOver(false);
      }),
      listen<Drag>("tauri://drag-drop", ({ payload }) => {
        if (stopped) return;
        setOver(false);
        if (within(payload) && payload.paths?.length) latest.current(payload.paths);
      }),
    ];
    return () => {
      stopped = true;
      for (const subscription of subscriptions) void subscription.then((stop) => stop());
    };
  }, [active, box]);
  return over;
}
