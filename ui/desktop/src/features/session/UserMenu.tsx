import { CheckOutlined, DownOutlined } from "@ant-design/icons";
import { LANGUAGES, type Language } from "@daybook/shared/format/locale";
import type { Status } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { keyText } from "@daybook/shared/keys/keymap";
import { THEMES, type Theme, useLook } from "@daybook/shared/kit/Appearance";
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";

/** The person: theme, language, keys, sign-out. */
export function UserMenu({
  status,
  onKeys,
  onSignOut,
}: {
  status: Status;
  onKeys: () => void;
  onSignOut: () => void;
}) {
  const { t } = useTranslation();
  const { language, choose: chooseLanguage } = useLanguage();
  const { theme, choose: chooseTheme } = useLook();
  const user = status.user ?? status.signed_in?.user ?? "";
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          {
            key: "theme",
            type: "group",
            label: t("app.theme"),
            children: THEMES.map((each) => ({
              key: `theme ${each}`,
              icon: <Mark shown={each === theme} />,
              label: t(`app.themes.${each}`),
            })),
          },
          {
            key: "language",
            type: "group",
            label: t("app.language"),
            children: LANGUAGES.map((each) => ({
              key: `language ${each}`,
              icon: <Mark shown={each === language} />,
              label: t(`app.languages.${each}`),
            })),
          },
          { type: "divider" },
          {
            key: "keys",
            label: t("app.keys"),
            extra: keyText("keys", language),
          },
          { key: "signOut", label: t("app.signOut") },
        ],
        onClick: ({ key }) => {
          const [what, which] = key.split(" ");
          if (what === "theme") chooseTheme(which as Theme);
          if (what === "language") chooseLanguage(which as Language);
          if (what === "keys") onKeys();
          if (what === "signOut") onSignOut();
        },
      }}
    >
      <Button type="text" aria-label={t("app.menu", { user })} className="user-button">
        <span className="user-name">{user}</span> <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  );
}

/** Which of several is chosen: a sign, and room for it where it is not. */
function Mark({ shown }: { shown: boolean }) {
  return (
    <CheckOutlined
      aria-hidden={!shown}
      style={{ visibility: shown ? "visible" : "hidden", marginInlineEnd: 8 }}
    />
  );
}
