import { KeyLayer } from "@daybook/shared/keys/Keyboard";
import { FailureNote } from "@daybook/shared/kit/Failure";
import type { Failure } from "@daybook/shared/generated/contract";
import { Button, Input, type InputRef, Modal } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** As long as the field that keeps it. */
const LONGEST = 200;

/** Asks why a proposal is refused: whoever made it reads the answer. Enter refuses, Esc closes. */
export function Refuse({
  title,
  busy,
  failure,
  onRefuse,
  onClose,
}: {
  title: string;
  busy: boolean;
  failure: Failure | null;
  onRefuse: (reason: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const input = useRef<InputRef>(null);
  // At once: the next key is for the reason.
  useEffect(() => input.current?.focus(), []);
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const refuse = () => {
    if (busy) return;
    const given = reason.trim();
    setMissing(given === "");
    if (given === "") input.current?.focus();
    else onRefuse(given);
  };
  return (
    <Modal
      open
      centered
      width={440}
      title={title}
      closable={false}
      footer={null}
      onCancel={onClose}
    >
      <KeyLayer>
        <form
          className="approvals-refuse"
          onSubmit={(event) => {
            event.preventDefault();
            refuse();
          }}
        >
          <label htmlFor="approvals-reason">{t("approvals.reason")}</label>
          <Input
            id="approvals-reason"
            ref={input}
            value={reason}
            maxLength={LONGEST}
            aria-required
            aria-invalid={isMissing}
            aria-describedby={isMissing ? "approvals-reason-missing" : undefined}
            status={isMissing ? "error" : ""}
            onChange={(event) => setReason(event.target.value)}
          />
          {isMissing && (
            <p id="approvals-reason-missing" className="field-fault" role="alert">
              {t("approvals.reasonMissing")}
            </p>
          )}
          {failure && <FailureNote failure={failure} />}
          <footer>
            <Button onClick={onClose}>{t("act.cancel")}</Button>
            <Button type="primary" danger htmlType="submit" loading={busy}>
              {t("approvals.refuse")}
            </Button>
          </footer>
        </form>
      </KeyLayer>
    </Modal>
  );
}
