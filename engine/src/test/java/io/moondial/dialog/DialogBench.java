package io.moondial.dialog;

import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.dialog.Incoming.Part;
import io.moondial.edr.Edr;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogRecords;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import io.moondial.text.UssdString.UnsendableText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dialog on the bench: events go in, and all that came out is kept. */
final class DialogBench {
    static final Duration MENU_TIMEOUT = Duration.ofSeconds(30);
    static final Duration NOTIFY_TIMEOUT = Duration.ofSeconds(20);

    final List<String> records = new ArrayList<>();
    final List<DialogFact> facts = new ArrayList<>();
    final List<Outgoing> sent = new ArrayList<>();
    final List<Integer> secretScreens = new ArrayList<>();
    int hiddenTexts;
    final List<Outcome> outcomes = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    @Nullable DialogAction settled;
    @Nullable Integer timer;
    @Nullable Duration answerWithin;
    Dialog dialog;
    private final DialogIdentity identity;
    private final DialogRecords writer = new DialogRecords((stream, edr) -> keep(edr));

    private DialogBench(Opening opening, Dialog.Transition begin) {
        identity = new DialogIdentity("Logic-1632976990-05f220e1", opening, "main", "1", "ussd");
        dialog = begin.next();
        begin.actions().forEach(this::take);
    }

    static DialogBench dialled(String code) {
        return dialled(code, OnError.ABORT);
    }

    static DialogBench dialled(String code, OnError onError) {
        return opened(DialogKind.DIALLED, code, onError);
    }

    static DialogBench notified(String text) {
        return opened(DialogKind.NOTIFIED, text, OnError.MESSAGE);
    }

    static DialogBench pushed() {
        return pushed(OnError.ABORT);
    }

    static DialogBench pushed(OnError onError) {
        return on(
                Opening.pushed("P-1", Address.international("27761485722"), "", Dcs.UNSPECIFIED, 6),
                onError);
    }

    private static DialogBench opened(DialogKind kind, String text, OnError onError) {
        Opening opening =
                new Opening(
                        kind,
                        ussd(text),
                        text,
                        Address.international("27761485722"),
                        new Address("333", 1, 6),
                        null,
                        new Party(2, 6, "27829000000", Party.ROUTE_ON_SSN),
                        new Party(1, 8, null, Party.ROUTE_ON_GT),
                        "195c5d37",
                        "5d36",
                        null);
        return on(opening, onError);
    }

    private static DialogBench on(Opening opening, OnError onError) {
        return new DialogBench(
                opening,
                Dialog.begin(
                        new DialogSetup(
                                opening.kind(),
                                "main.lua",
                                MENU_TIMEOUT,
                                NOTIFY_TIMEOUT,
                                "Service unavailable",
                                onError,
                                Dcs.UNSPECIFIED)));
    }

    static UssdString ussd(String text) {
        try {
            return UssdString.encode(text, Dcs.UNSPECIFIED);
        } catch (UnsendableText e) {
            throw new AssertionError(e);
        }
    }

    DialogBench on(DialogEvent event) {
        settled = null;
        then(event);
        return this;
    }

    private void then(DialogEvent event) {
        Dialog.Transition transition = dialog.on(event);
        dialog = transition.next();
        transition.actions().forEach(this::take);
    }

    DialogBench menu(String text) {
        return on(new DialogEvent.Menu(text, DialogEvent.ScreenOptions.NONE));
    }

    DialogBench notify(String text) {
        return on(new DialogEvent.Notify(text, DialogEvent.ScreenOptions.NONE));
    }

    DialogBench arrives(Part... parts) {
        return on(new Incoming.Continued(List.of(parts)));
    }

    DialogBench endsWith(Part... parts) {
        return on(new Incoming.Ended(List.of(parts)));
    }

    /** A message that begins it has left. */
    DialogBench begins(int attempt) {
        return on(new Incoming.Begun(attempt, "0000000" + attempt));
    }

    DialogBench aborts(Incoming.Aborted.Cause cause, String how) {
        return on(new Incoming.Aborted(cause, how));
    }

    DialogBench aborts() {
        return on(new Incoming.Aborted(Incoming.Aborted.Cause.USER, "TC-U-ABORT"));
    }

    static Part answer(int screen, String text) {
        return new Part.Answered(screen, text.isEmpty() ? null : ussd(text));
    }

    static Part acknowledgement(int screen) {
        return new Part.Acknowledged(screen);
    }

    private void take(DialogAction action) {
        switch (action) {
            case DialogAction.Send(Outgoing message) -> send(message);
            case DialogAction.Tell(DialogFact fact) -> tell(fact);
            case DialogAction.StartTimer(int screen, Duration after) -> timer = screen;
            case DialogAction.StopTimer stop -> timer = null;
            case DialogAction.Reply reply -> settled = reply;
            case DialogAction.Refuse refuse -> settled = refuse;
            case DialogAction.Kill kill -> settled = kill;
            case DialogAction.Warn(String text) -> warnings.add(text);
            case DialogAction.Then(DialogEvent next) -> then(next);
            case DialogAction.Finish(Outcome outcome) -> outcomes.add(outcome);
        }
    }

    private void tell(DialogFact fact) {
        facts.add(fact);
        if (fact instanceof DialogFact.Noted(String what)) {
            notes.add(what);
        }
        writer.told(identity, Instant.EPOCH, fact);
    }

    private void keep(Edr edr) {
        Map<String, String> fields = new LinkedHashMap<>();
        edr.fields().forEach(field -> fields.put(field.name(), field.text()));
        records.add(fields.isEmpty() ? edr.event() : edr.event() + " " + fields);
    }

    private void send(Outgoing message) {
        sent.add(message);
        if (message instanceof Outgoing.Begin(Outgoing.Screen first, Duration within)) {
            answerWithin = within;
            look(first);
        } else {
            look(message);
        }
    }

    private void look(Outgoing message) {
        boolean hidden =
                switch (message) {
                    case Outgoing.Ask ask -> ask.hidden();
                    case Outgoing.Show show -> show.hidden();
                    case Outgoing.Finish last -> last.hidden();
                    default -> false;
                };
        hiddenTexts += hidden ? 1 : 0;
        if (message instanceof Outgoing.Ask ask && ask.secret()) {
            secretScreens.add(ask.screen());
        }
    }

    /** The records after the first, which tells the opening. */
    List<String> later() {
        return records.subList(1, records.size());
    }

    static String textOf(UssdString ussd) {
        try {
            return ussd.decode();
        } catch (UndecodableString e) {
            throw new AssertionError(e);
        }
    }
}
