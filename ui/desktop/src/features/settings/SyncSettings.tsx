import { at, useSyncPlan } from "@daybook/shared/data/queries";
import { formatBytes, formatTime } from "@daybook/shared/format/bytes";
import type { Often, QuietHours, SyncPlan } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { problemText } from "@daybook/shared/i18n/problem";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Choice } from "./Choice";

/** Intervals and limits that are offered; another that is set is offered as well. */
const INTERVALS = [900, 3600, 4 * 3600, 12 * 3600];
const LIMITS = [1_000_000, 2_000_000, 5_000_000, 20_000_000];
const NIGHT: QuietHours = { from: "20:00", until: "06:00" };

/** When this device syncs by itself, and over what line: in force at once, and kept in its profile. */
export function SyncSettings() {
  const queries = useQueryClient();
  const { language } = useLanguage();
  const { data: plan, error } = useSyncPlan();
  const keep = useMutation({
    mutationFn: (next: SyncPlan) => call("keep_sync_plan", next),
    onSuccess: (kept) => queries.setQueryData(at.syncPlan, kept),
  });
  if (error) return <FailureNote failure={failureOf(error)} />;
  if (!plan) return null;
  const refused = keep.error ? failureOf(keep.error) : null;
  const wrong = (field: string) =>
    refused?.problems
      .filter((problem) => problem.field.startsWith(field))
      .map((problem) => problemText(problem, language))
      .join(" ");
  const change = (part: Partial<SyncPlan>) => keep.mutate({ ...plan, ...part });
  return (
    <>
      <OftenChoice often={plan.often} onChoose={(often) => change({ often })} />
      {/* The hours and the address begin anew with what is kept. */}
      <QuietChoice
        key={`quiet ${JSON.stringify(plan.quiet)}`}
        quiet={plan.quiet}
        wrong={wrong("quiet")}
        onChoose={(quiet) => change({ quiet })}
      />
      <LimitChoice limit={plan.limit} onChoose={(limit) => change({ limit })} />
      <ProxyField
        key={`proxy ${plan.proxy}`}
        proxy={plan.proxy}
        wrong={wrong("proxy")}
        onEnter={(proxy) => change({ proxy })}
      />
      {refused && refused.problems.length === 0 && <FailureNote failure={refused} />}
    </>
  );
}

function OftenChoice({ often, onChoose }: { often: Often; onChoose: (often: Often) => void }) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const seconds = often.when === "every" ? often.seconds : null;
  const offered = withOwn(INTERVALS, seconds);
  return (
    <Choice<string>
      name={t("settings.often")}
      hint={t("settings.oftenHint")}
      value={seconds === null ? often.when : String(seconds)}
      options={[
        ["live", t("settings.live")],
        ...offered.map((each): [string, string] => [
          String(each),
          t("settings.every", { time: formatTime(each, locale) }),
        ]),
        ["on_demand", t("settings.onDemand")],
      ]}
      onChoose={(value) =>
        onChoose(
          value === "live" || value === "on_demand"
            ? { when: value }
            : { when: "every", seconds: Number(value) },
        )
      }
    />
  );
}

function QuietChoice({
  quiet,
  wrong,
  onChoose,
}: {
  quiet: QuietHours | null;
  wrong: string | undefined;
  onChoose: (quiet: QuietHours | null) => void;
}) {
  const { t } = useTranslation();
  const [hours, setHours] = useState(quiet ?? NIGHT);
  const enter = () => {
    if (quiet && (hours.from !== quiet.from || hours.until !== quiet.until)) onChoose(hours);
  };
  return (
    <Choice<string>
      name={t("settings.quiet")}
      hint={t("settings.quietHint")}
      value={quiet ? "some" : "none"}
      options={[
        ["none", t("settings.quietNone")],
        ["some", t("settings.quietSome")],
      ]}
      onChoose={(value) => onChoose(value === "some" ? hours : null)}
    >
      {quiet && (
        <div className="setting-more">
          <Input
            type="time"
            aria-label={t("settings.quietFrom")}
            value={hours.from}
            onChange={(event) => setHours({ ...hours, from: event.target.value })}
            onBlur={enter}
          />
          <Input
            type="time"
            aria-label={t("settings.quietUntil")}
            value={hours.until}
            onChange={(event) => setHours({ ...hours, until: event.target.value })}
            onBlur={enter}
          />
        </div>
      )}
      <Wrong words={wrong} />
    </Choice>
  );
}

function LimitChoice({
  limit,
  onChoose,
}: {
  limit: number | null;
  onChoose: (limit: number | null) => void;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  return (
    <Choice<number>
      name={t("settings.limit")}
      hint={t("settings.limitHint")}
      value={limit ?? 0}
      options={[
        [0, t("settings.limitNone")],
        ...withOwn(LIMITS, limit).map((each): [number, string] => [
          each,
          formatBytes(each, locale),
        ]),
      ]}
      onChoose={(value) => onChoose(value === 0 ? null : value)}
    />
  );
}

function ProxyField({
  proxy,
  wrong,
  onEnter,
}: {
  proxy: string | null;
  wrong: string | undefined;
  onEnter: (proxy: string | null) => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState(proxy ?? "");
  const enter = () => {
    const typed = text.trim() === "" ? null : text.trim();
    if (typed !== proxy) onEnter(typed);
  };
  return (
    <section className="setting" aria-label={t("settings.proxy")}>
      <div>
        <h2>{t("settings.proxy")}</h2>
        <p className="quiet">{t("settings.proxyHint")}</p>
      </div>
      <div className="setting-more">
        <Input
          aria-label={t("settings.proxy")}
          value={text}
          status={wrong ? "error" : ""}
          onChange={(event) => setText(event.target.value)}
          onBlur={enter}
          onPressEnter={enter}
        />
      </div>
      <Wrong words={wrong} />
    </section>
  );
}

function Wrong({ words }: { words: string | undefined }) {
  if (!words) return null;
  return (
    <p role="alert" className="setting-wrong">
      {words}
    </p>
  );
}

/** What is offered, with what is set where that is something else. */
function withOwn(offered: number[], own: number | null): number[] {
  if (own === null || offered.includes(own)) return offered;
  return [...offered, own].sort((one, other) => one - other);
}
