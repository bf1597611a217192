import { type PointerEvent, type RefObject, useRef, useState } from "react";
import type { TreeLine, TreeNode } from "./tree";

/** So far the pointer moves before a press is a drag. */
const START = 6;

/** Within so many pixels of an edge the rows scroll. */
const EDGE = 28;

/**
 * Dragging a line onto another, by the pointer: it works in every web view, and a drop on the heading
 * takes a record to the top.
 */
export function useDrag({
  box,
  head,
  lines,
  height,
  active,
  onMove,
}: {
  box: RefObject<HTMLDivElement | null>;
  head: RefObject<HTMLDivElement | null>;
  lines: TreeLine[];
  height: number;
  active: boolean;
  onMove: (node: TreeNode, to: string | null) => void;
}) {
  const press = useRef<{ node: TreeNode; x: number; y: number } | null>(null);
  const [dragged, setDragged] = useState<TreeNode | null>(null);
  const [target, setTarget] = useState<string | null>(null);

  const lineAt = (y: number): TreeLine | undefined => {
    const view = box.current;
    if (!view) return undefined;
    return lines[Math.floor((y - view.getBoundingClientRect().top + view.scrollTop) / height)];
  };
  const isOnHead = (y: number) => {
    const edges = head.current?.getBoundingClientRect();
    return edges !== undefined && y >= edges.top && y < edges.bottom;
  };
  const stop = () => {
    press.current = null;
    setDragged(null);
    setTarget(null);
  };

  return {
    isDragging: dragged !== null,
    target,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
        const line = lineAt(event.clientY);
        if (!active || event.button !== 0 || !line) return;
        press.current = { node: line.node, x: event.clientX, y: event.clientY };
      },
      onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
        const start = press.current;
        const view = box.current;
        if (!start || !view) return;
        const far = Math.hypot(event.clientX - start.x, event.clientY - start.y) > START;
        if (!dragged && !far) return;
        if (!dragged) {
          view.setPointerCapture(event.pointerId);
          setDragged(start.node);
        }
        const { top, bottom } = view.getBoundingClientRect();
        if (event.clientY < top + EDGE) view.scrollBy({ top: -height / 2 });
        if (event.clientY > bottom - EDGE) view.scrollBy({ top: height / 2 });
        setTarget(isOnHead(event.clientY) ? null : (lineAt(event.clientY)?.node.record.id ?? null));
      },
      onPointerUp: (event: PointerEvent<HTMLDivElement>) => {
        const node = dragged;
        stop();
        if (!node) return;
        const onto = lineAt(event.clientY)?.node;
        if (isOnHead(event.clientY)) onMove(node, null);
        else if (onto && onto !== node) onMove(node, onto.record.id);
      },
      onPointerCancel: stop,
    },
  };
}
