import type { approving as Texts } from "../en/approving";

export const approving: typeof Texts = {
  approvals: {
    title: "Wartet auf Freigabe",
    menu: "Freigaben",
    empty: "Nichts wartet auf Freigabe",
    emptyHint:
      "Eine neue Bankverbindung eines Lieferanten wartet hier, bis eine zweite Person sie freigegeben hat.",
    count_one: "{{count}} Änderung, {{mine}} von Ihnen zu entscheiden",
    count_other: "{{count}} Änderungen, {{mine}} von Ihnen zu entscheiden",
    waitsForYou: "von Ihnen zu entscheiden",
    waitsForOthers: "wartet auf jemand anderen",
    by: "vorgeschlagen von {{name}}",
    bySomebody: "vorgeschlagen von jemandem, dessen Name nicht auf diesem Rechner ist",
    byYou: "von Ihnen vorgeschlagen",
    field: "Feld",
    standing: "Gilt jetzt",
    proposed: "Vorgeschlagen",
    hidden: "für Sie nicht sichtbar",
    allHidden: "Was vorgeschlagen ist, liest nur, wer entscheidet.",
    open: "Datensatz öffnen",
    hold: "Zahlungen ruhen, bis das entschieden ist.",
    holdHours_one: "Nach einer Freigabe ruhen sie noch {{count}} Stunde.",
    holdHours_other: "Nach einer Freigabe ruhen sie noch {{count}} Stunden.",
    holdUnknown: "Nach einer Freigabe ruhen sie noch so lange, wie die Firma es festlegt.",
    cooling: "Aus einer früheren Freigabe ruhen sie bis {{date}}.",
    yours:
      "Fragen Sie vor der Freigabe beim Lieferanten nach, unter einer Nummer, die Sie schon hatten, nicht unter der aus dem Schreiben.",
    othersDecide: "Das muss jemand anderes entscheiden.",
    ownWaits:
      "Das haben Sie vorgeschlagen, also muss es jemand anderes freigeben. Wo das sonst niemand darf, können Sie es einen Tag nach Ihrem Vorschlag.",
    alone:
      "Das haben Sie vor mindestens einem Tag vorgeschlagen. Wo sonst niemand freigeben darf, können Sie es; der Datensatz sagt dann, dass Sie allein waren. Der Abgleichserver prüft, ob das so ist.",
    approve: "Freigeben",
    approveAlone: "Allein freigeben",
    approveAsk: "Änderung von „{{title}}“ freigeben?",
    approveHint: "Ab dann gilt das im Datensatz. Zahlungen ruhen noch eine Zeit.",
    aloneAskHint:
      "Der Datensatz sagt dann, dass Sie Ihren eigenen Vorschlag freigegeben haben. Zahlungen ruhen noch eine Zeit.",
    approved: "Freigegeben: {{title}}",
    approvedUntil: "Freigegeben: {{title}}. Zahlungen ruhen bis {{date}}.",
    refuse: "Ablehnen",
    refuseAsk: "Änderung von „{{title}}“ ablehnen?",
    reason: "Begründung, die liest, wer es vorgeschlagen hat",
    reasonMissing: "Sagen Sie, warum, damit klar ist, was zu tun ist.",
    refused: "Abgelehnt: {{title}}",
    takeBack: "Zurückziehen",
    takeBackAsk: "Ihre Änderung von „{{title}}“ zurückziehen?",
    takeBackHint: "Was gilt, gilt weiter.",
    takenBack: "Zurückgezogen: {{title}}",
    noteLead: "Neue Werte warten auf Freigabe",
    noteHold: "Bis zur Freigabe gelten die alten Werte weiter, und Zahlungen ruhen.",
    show: "Zeigen, was wartet",
    savedWaits:
      "Gespeichert. Ein Teil wartet auf die Freigabe durch eine zweite Person; bis dahin gelten die alten Werte.",
  },
};
