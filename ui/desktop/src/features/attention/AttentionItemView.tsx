import { at } from "@daybook/shared/data/queries";
import { formatInstant } from "@daybook/shared/format/date";
import type { AttentionItem, EntityView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { keyText } from "@daybook/shared/keys/keymap";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useIsOneself } from "./author";
import { Compared } from "./Compared";
import {
  type Choices,
  choose,
  decisionsOf,
  isNews,
  isRecord,
  isWhole,
  type Keep,
  kindOf,
  undecided,
} from "./choices";
import { Decided } from "./Decided";
import { Edited } from "./Edited";
import { Entered } from "./Entered";
import { useReasons } from "./reasons";

/** One item: what I wrote, what stands, what it was, and the choice. */
export function AttentionItemView({
  item,
  entity,
  onOpen,
  onDone,
}: {
  item: AttentionItem;
  entity: EntityView | undefined;
  onOpen: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language, locale } = useLanguage();
  const queries = useQueryClient();
  const box = useRef<HTMLElement>(null);
  const [choices, setChoices] = useState<Choices>({});
  const kind = kindOf(item);
  const whole = isWhole(item);
  const isOwn = useIsOneself()(item) && kind === "conflict";
  const open = undecided(item, choices);
  const news = isNews(item);
  const reasons = useReasons(item, entity);

  const resolve = useMutation({
    mutationFn: () =>
      call("attention_resolve", {
        id: item.id,
        shown: item.record_version ?? undefined,
        decisions: decisionsOf(item, choices),
      }),
    onSuccess: async () => {
      onDone();
      await queries.invalidateQueries({ queryKey: at.attention });
      void queries.invalidateQueries({ queryKey: at.status });
      void queries.invalidateQueries({
        queryKey: at.record(item.entity, item.row_id),
      });
    },
  });

  const take = (keep: Keep, path: string | null) =>
    setChoices((before) => choose(item, before, keep, path));
  const takeByKey = (keep: Keep) => {
    const focused = document.activeElement?.closest<HTMLElement>("[data-path]");
    take(keep, box.current?.contains(focused ?? null) ? (focused?.dataset.path ?? null) : null);
  };
  const finish = () => {
    if (open.length === 0 && !resolve.isPending) resolve.mutate();
  };
  useKey("mine", () => takeByKey("mine"));
  useKey("theirs", () => takeByKey("theirs"));
  useKey("resolve", finish);

  const [allMine, allTheirs] = isRecord(item)
    ? [t("attention.deleteAfterAll"), t("attention.keepIt")]
    : whole
      ? [t("attention.retry"), t("attention.discard")]
      : [t("attention.allMine"), t("attention.allTheirs")];
  const isAll = (keep: Keep) =>
    open.length === 0 && Object.values(choices).every((chosen) => chosen === keep);
  return (
    <section ref={box} className="attention-item" aria-label={item.title}>
      <header className="attention-head">
        <div>
          <p className="attention-kind">
            {t(isOwn ? "attention.kinds.conflict_own" : `attention.kinds.${kind}`)}
          </p>
          <h2>{item.title}</h2>
          <p className="quiet">
            {entity && `${label(entity.label)} · `}
            {t("attention.since", { date: formatInstant(item.since, locale) })}
            {news && item.by_name !== null && ` · ${t("attention.by", { name: item.by_name })}`}
          </p>
        </div>
        <span className="spread" />
        <Button onClick={onOpen}>{t("attention.open")}</Button>
      </header>
      <p>{t(isOwn ? "attention.explain.conflict_own" : `attention.explain.${kind}`)}</p>
      {reasons.length > 0 && (
        <div className="attention-why">
          <strong>{t("attention.why")}</strong>
          <ul>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
      {isRecord(item) ? (
        <Edited item={item} entity={entity} />
      ) : whole ? (
        <Entered item={item} entity={entity} />
      ) : news || item.proposal ? null : (
        <Compared item={item} entity={entity} choices={choices} onChoose={take} />
      )}
      {item.proposal && <Decided proposal={item.proposal} entity={entity} />}
      {resolve.error && <FailureNote failure={failureOf(resolve.error)} />}
      <footer className="attention-foot">
        {!news && (
          <fieldset className="row attention-all" aria-label={t("attention.lead")}>
            <Button
              aria-pressed={isAll("mine")}
              className={isAll("mine") ? "chosen" : ""}
              onClick={() => take("mine", null)}
            >
              {allMine} <kbd>{keyText("mine", language)}</kbd>
            </Button>
            <Button
              aria-pressed={isAll("theirs")}
              className={isAll("theirs") ? "chosen" : ""}
              onClick={() => take("theirs", null)}
            >
              {allTheirs} <kbd>{keyText("theirs", language)}</kbd>
            </Button>
          </fieldset>
        )}
        <span className="spread" />
        {open.length > 0 && !whole && (
          <span className="quiet">{t("attention.undecided", { count: open.length })}</span>
        )}
        <Button
          type="primary"
          disabled={open.length > 0}
          loading={resolve.isPending}
          onClick={finish}
        >
          {t(
            resolve.isPending
              ? "attention.resolving"
              : news
                ? "attention.noted"
                : "attention.resolve",
          )}{" "}
          <kbd>{keyText("resolve", language)}</kbd>
        </Button>
      </footer>
    </section>
  );
}
