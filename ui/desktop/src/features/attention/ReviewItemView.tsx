import { at } from "@daybook/shared/data/queries";
import { formatInstant } from "@daybook/shared/format/date";
import type { AttentionItem, EntityView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { keyText } from "@daybook/shared/keys/keymap";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Input, type InputRef } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { kindOf } from "./choices";
import { Entered } from "./Entered";
import { Meant } from "./Meant";
import { useReasons } from "./reasons";

/** As long as what the sync server keeps of it. */
const LONGEST = 2000;

/** The roles of which every tenant has one. */
const ROLES = ["admin", "manager"] as const;

/** Work that a person looks at before it is done: to decide, for whoever may; to know, for its author. */
export function ReviewItemView({
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
  const { locale } = useLanguage();
  const reasons = useReasons(item, entity);
  const decides = item.kind === "review";
  const title = item.title || (entity ? label(entity.label) : "");
  return (
    <section className="attention-item" aria-label={title}>
      <header className="attention-head">
        <div>
          <p className="attention-kind">{t(`attention.kinds.${kindOf(item)}`)}</p>
          <h2>{title}</h2>
          <p className="quiet">
            {entity && `${label(entity.label)} · `}
            {t("attention.since", { date: formatInstant(item.since, locale) })}
            {item.by_name !== null && ` · ${t("attention.by", { name: item.by_name })}`}
          </p>
        </div>
        <span className="spread" />
        {item.record_version != null && <Button onClick={onOpen}>{t("attention.open")}</Button>}
      </header>
      <p>{t(`attention.explain.${kindOf(item)}`)}</p>
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
      {decides ? <Meant item={item} entity={entity} /> : <Entered item={item} entity={entity} />}
      {decides ? <Deciding item={item} onDone={onDone} /> : <Waiting item={item} />}
    </section>
  );
}

function Deciding({ item, onDone }: { item: AttentionItem; onDone: () => void }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const queries = useQueryClient();
  const input = useRef<InputRef>(null);
  const [reason, setReason] = useState("");
  const decide = useMutation({
    mutationFn: (apply: boolean) =>
      call("attention_review", {
        id: item.id,
        shown: item.record_version ?? undefined,
        apply,
        reason: apply ? undefined : reason.trim() || undefined,
      }),
    onSuccess: async () => {
      onDone();
      await queries.invalidateQueries({ queryKey: at.attention });
      void queries.invalidateQueries({ queryKey: at.status });
    },
  });
  const run = (apply: boolean) => {
    if (!decide.isPending) decide.mutate(apply);
  };
  useKey("apply", () => run(true));
  // First the reason; Enter behind it returns.
  useKey("sendBack", () => input.current?.focus());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        run(false);
      }}
    >
      {decide.error && <FailureNote failure={failureOf(decide.error)} />}
      <footer className="attention-foot">
        <label htmlFor="review-reason">{t("attention.review.reason")}</label>
        <Input
          id="review-reason"
          ref={input}
          value={reason}
          maxLength={LONGEST}
          onChange={(event) => setReason(event.target.value)}
        />
        <Button htmlType="submit" loading={decide.isPending && decide.variables === false}>
          {t("attention.review.sendBack")} <kbd>{keyText("sendBack", language)}</kbd>
        </Button>
        <Button
          type="primary"
          loading={decide.isPending && decide.variables === true}
          onClick={() => run(true)}
        >
          {t("attention.review.apply")} <kbd>{keyText("apply", language)}</kbd>
        </Button>
      </footer>
    </form>
  );
}

/** With whom it waits: a role, and no promise. */
function Waiting({ item }: { item: AttentionItem }) {
  const { t } = useTranslation();
  const key = item.reasons.find(({ params }) => params?.role)?.params?.role ?? "";
  const known = ROLES.find((role) => role === key);
  const role = known ? t(`attention.roles.${known}`) : key;
  return (
    <p className="quiet">
      {role === ""
        ? t("attention.review.waitsForNobody")
        : t("attention.review.waitsFor", { role })}
    </p>
  );
}
