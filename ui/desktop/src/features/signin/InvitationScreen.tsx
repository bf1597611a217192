import type { Accepted } from "@daybook/shared/generated/contract";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTitle } from "@daybook/shared/kit/title";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation } from "@tanstack/react-query";
import { Button, Input, type InputRef } from "antd";
import { type SyntheticEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Answer,
  type AnswerFaults,
  answerFaults,
  refusedFields,
  SHORTEST,
} from "./invitation";
import { Line } from "./Line";
import "./signin.css";

/** An invited person's first password. The link is used up here and kept nowhere. */
export function InvitationScreen({
  onAccepted,
  onBack,
}: {
  onAccepted: (accepted: Accepted) => void;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const [answer, setAnswer] = useState<Answer>({ link: "", password: "", again: "" });
  const [faults, setFaults] = useState<AnswerFaults>({});
  const first = useRef<InputRef>(null);
  useTitle(t("invitation.title"));
  useKey("back", onBack);

  const accept = useMutation({
    mutationFn: ({ link, password }: Answer) =>
      call("accept_invitation", { invitation: { by: "link", link: link.trim() }, password }),
    onSuccess: onAccepted,
  });
  const failure = accept.error ? failureOf(accept.error) : null;
  const refused = refusedFields(failure);
  const isPlaced = Object.keys(refused).length > 0;

  useEffect(() => first.current?.focus(), []);
  const firstRefused = Object.keys(refused)[0];
  useEffect(() => {
    if (firstRefused) document.getElementById(`sign-in-${firstRefused}`)?.focus();
  }, [firstRefused]);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const found = answerFaults(answer);
    setFaults(found);
    const wrong = Object.keys(found)[0];
    if (wrong !== undefined) document.getElementById(`sign-in-${wrong}`)?.focus();
    else if (!accept.isPending) accept.mutate(answer);
  };
  const change = (name: keyof Answer, text: string) => {
    setAnswer({ ...answer, [name]: text });
    // What was said of the old text is not said of the new one.
    setFaults({ ...faults, [name]: undefined });
    if (failure) accept.reset();
  };
  const said = (name: keyof Answer) => {
    const fault = faults[name];
    return fault ? t(`invitation.${fault}`, { count: SHORTEST }) : refused[name];
  };
  const control = (name: keyof Answer) => ({
    id: `sign-in-${name}`,
    value: answer[name],
    status: said(name) ? ("error" as const) : ("" as const),
    "aria-describedby": `sign-in-${name}-note`,
    "aria-invalid": said(name) !== undefined,
    spellCheck: false,
    onChange: (event: { target: { value: string } }) => change(name, event.target.value),
  });

  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit} noValidate>
        <p className="wordmark">{t("app.name")}</p>
        <h1>{t("invitation.title")}</h1>
        <p className="quiet">{t("invitation.lead")}</p>
        <Line
          name="link"
          label={t("invitation.link")}
          fault={said("link")}
          hint={t("invitation.linkHint")}
        >
          <Input {...control("link")} ref={first} autoComplete="off" dir="ltr" inputMode="url" />
        </Line>
        <Line
          name="password"
          label={t("invitation.password")}
          fault={said("password")}
          hint={t("invitation.passwordHint", { count: SHORTEST })}
        >
          <Input.Password {...control("password")} autoComplete="new-password" />
        </Line>
        <Line name="again" label={t("invitation.again")} fault={said("again")}>
          <Input.Password {...control("again")} autoComplete="new-password" />
        </Line>
        {failure && !isPlaced && (
          <FailureNote
            failure={failure}
            lead={t("invitation.failed")}
            advice={failure.code === "server_refused" ? t("invitation.askAgain") : undefined}
          />
        )}
        <Button type="primary" htmlType="submit" block size="large" loading={accept.isPending}>
          {accept.isPending ? t("invitation.busy") : t("invitation.submit")}
        </Button>
        <Button type="link" block onClick={onBack}>
          {t("invitation.back")}
        </Button>
      </form>
    </main>
  );
}
