import { DeleteOutlined, StarFilled, StarOutlined } from "@ant-design/icons";
import { at } from "@daybook/shared/data/queries";
import type { EntityView, SavedView } from "@daybook/shared/generated/contract";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { Panel } from "@daybook/shared/kit/Panel";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, type InputRef } from "antd";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  entity: EntityView;
  /** The view that was chosen last. */
  current: string | null;
  active: boolean;
  /** The list as it stands, to be kept under a name. */
  asIs: (name: string) => SavedView;
  onChoose: (view: SavedView | null) => void;
}

/** Lists kept by name: a key opens them, a figure chooses one. */
export function SavedViews(props: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useKey("views", () => setOpen(true), props.active);
  return (
    <Panel
      open={open}
      onOpen={setOpen}
      content={<ViewList {...props} onClose={() => setOpen(false)} />}
    >
      <KeyTip name="views">
        <Button
          icon={props.current === null ? <StarOutlined aria-hidden /> : <StarFilled aria-hidden />}
          aria-expanded={open}
          aria-label={t("list.views")}
        >
          <span className="view-current">{props.current ?? t("list.views")}</span>
        </Button>
      </KeyTip>
    </Panel>
  );
}

function ViewList({ entity, current, asIs, onChoose, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<InputRef>(null);
  const [name, setName] = useState("");
  const { data: views = [], error } = useQuery({
    queryKey: at.views(entity.name),
    queryFn: () => call("views", { entity: entity.name }),
  });
  const keep = useMutation({
    mutationFn: (next: SavedView[]) => call("keep_views", { entity: entity.name, views: next }),
    onSuccess: (kept) => queries.setQueryData(at.views(entity.name), kept),
  });

  const choose = (view: SavedView | null) => {
    onChoose(view);
    onClose();
  };
  useKey("back", onClose);
  useKey("nth", (event) => {
    const view = views[Number(event.key) - 1];
    if (!view) return false;
    choose(view);
    return true;
  });
  // The box has the keys first, so that a figure chooses; Tab leads to the name.
  useEffect(() => {
    const wait = setTimeout(() => box.current?.focus(), 0);
    return () => clearTimeout(wait);
  }, []);

  const store = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "") {
      input.current?.focus();
      return;
    }
    const view = asIs(wanted);
    // One of that name is replaced in its place: its figure stays.
    const isKnown = views.some((known) => known.name === wanted);
    const next = isKnown
      ? views.map((known) => (known.name === wanted ? view : known))
      : [...views, view];
    keep.mutate(next, { onSuccess: () => choose(view) });
  };
  const failure = keep.error ?? error;
  return (
    <div ref={box} tabIndex={-1} className="saved-views" aria-label={t("list.views")} role="group">
      {views.length === 0 && <p className="quiet">{t("list.viewsNone")}</p>}
      <ul>
        {views.map((view, index) => (
          <li key={view.name}>
            <button
              type="button"
              className="plain saved-view"
              aria-current={view.name === current}
              onClick={() => choose(view)}
            >
              {index < 9 && <kbd aria-hidden>{index + 1}</kbd>}
              <span>{view.name}</span>
            </button>
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined aria-hidden />}
              aria-label={t("list.viewForget", { name: view.name })}
              onClick={() => keep.mutate(views.filter((known) => known !== view))}
            />
          </li>
        ))}
      </ul>
      {current !== null && (
        <Button size="small" onClick={() => choose(null)}>
          {t("list.viewNone")}
        </Button>
      )}
      <form className="row" onSubmit={store}>
        <Input
          ref={input}
          aria-label={t("list.viewName")}
          placeholder={t("list.viewName")}
          value={name}
          maxLength={60}
          onChange={(event) => setName(event.target.value)}
        />
        <Button htmlType="submit" loading={keep.isPending}>
          {t("list.viewKeep")}
        </Button>
      </form>
      {failure && <FailureNote failure={failureOf(failure)} />}
    </div>
  );
}
