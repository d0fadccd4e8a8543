/** What no old server hands out with its mail, and so does not move: said in every report, with what to do. */

export interface Stays {
  readonly what: string;
  /** A sentence. */
  readonly todo: string;
}

export const whatStays: readonly Stays[] = [
  {
    what: "Filter rules (Sieve, procmail, rules in webmail)",
    todo: "Save them from the old server before it goes, and set them up anew in people's mail programs.",
  },
  {
    what: "Forwards of people, to and from here",
    todo: "They work until the old server goes. Write down where they lead; set them up as aliases here, and switch them off there.",
  },
  {
    what: "Automatic replies, such as holiday notices",
    todo: "Switch them off over there when their owner comes, or late mail is answered from there.",
  },
  {
    what: "Address books",
    todo: "Export them over there (vCard or CSV), and import them into people's mail programs.",
  },
  {
    what: "Calendars and tasks",
    todo: "Export them over there (iCalendar), and import them where people keep them from now on.",
  },
];

export const whatStaysTitle = "What does not move";
export const whatStaysMeans =
  "Only mail moves. All else that people have there stays on the old server, and goes when it goes:";
