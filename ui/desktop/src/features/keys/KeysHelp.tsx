import { useLanguage } from "@daybook/shared/i18n/language";
import { KeyLayer, useKey } from "@daybook/shared/keys/Keyboard";
import { type KeyName, keyText } from "@daybook/shared/keys/keymap";
import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import "./keys.css";

/** The shortcuts that work on the screen behind this. */
export function KeysHelp({ names, onClose }: { names: KeyName[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  return (
    <Modal open centered width={520} title={t("keys.title")} footer={null} onCancel={onClose}>
      <KeyLayer>
        <CloseOnKey onClose={onClose} />
        <dl className="keys">
          {names.map((name) => (
            <div key={name}>
              <dt>
                <kbd>{keyText(name, language)}</kbd>
              </dt>
              <dd>{t(`keys.${name}`)}</dd>
            </div>
          ))}
        </dl>
      </KeyLayer>
    </Modal>
  );
}

function CloseOnKey({ onClose }: { onClose: () => void }) {
  useKey("keys", onClose);
  useKey("open", onClose);
  useKey("back", onClose);
  return null;
}
