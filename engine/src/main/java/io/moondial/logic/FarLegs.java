package io.moondial.logic;

import static java.util.Objects.requireNonNullElse;

import io.moondial.channel.Address;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.NodeAddress;
import io.moondial.channel.NodeLink;
import io.moondial.channel.NodeOpener;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingRequest;
import io.moondial.config.Measure;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.DialogFact.Text;
import io.moondial.dialog.FarDialog;
import io.moondial.dialog.FarDialog.Outcome;
import io.moondial.dialog.FarDialog.Turn;
import io.moondial.dialog.FarDialog.Why;
import io.moondial.dialog.FarIncoming;
import io.moondial.dialog.FarOutgoing;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.metrics.Counters;
import io.moondial.script.api.FarDialogs;
import io.moondial.script.api.ScriptDialog.Refused;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The dialogs with other nodes that one script has begun. What a node says is taken in where it
 * arrives, so that it cannot pile up; what has happened is told on the script's thread.
 */
final class FarLegs implements FarDialogs {
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_DCS = 255;

    private final Opening opening;
    private final Duration timeout;
    private final NodeOpener network;
    private final Time time;
    private final Counters counters;
    private final Consumer<DialogFact> teller;
    private final @Nullable NodeAddress relay;
    private final Runnable outOfTurn;
    private final List<FarLeg> legs = new ArrayList<>(1);

    /**
     * None are begun.
     *
     * @param opening how the script's own dialog began: it is in its name
     * @param timeout of a node's word, if the script does not say; zero: the usual one
     * @param teller is told facts, on the script's thread
     * @param relay the node that its trigger names; null: none
     * @param outOfTurn runs when a node has ended a dialog while the script did something else; on
     *     a network thread
     */
    FarLegs(
            Opening opening,
            Duration timeout,
            NodeOpener network,
            Time time,
            Counters counters,
            Consumer<DialogFact> teller,
            @Nullable NodeAddress relay,
            Runnable outOfTurn) {
        this.opening = opening;
        this.timeout = timeout.isZero() ? USUAL_TIMEOUT : timeout;
        this.network = network;
        this.time = time;
        this.counters = counters;
        this.teller = teller;
        this.relay = relay;
        this.outOfTurn = outOfTurn;
    }

    @Override
    public int open() {
        return (int) legs.stream().filter(FarLeg::isOpen).count();
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public @Nullable NodeAddress relay() {
        return relay;
    }

    /** Whether a node has ended a dialog that the script believes to be open. */
    boolean isOneOutOfTurn() {
        return legs.stream().anyMatch(FarLeg::isOutOfTurn);
    }

    @Override
    public Leg prepare(Request request) {
        return new FarLeg(request, encoded(request));
    }

    /** The same octets, if it is what was dialled. */
    private UssdString encoded(Request request) {
        return request.dcs() == null && request.text().equals(opening.text())
                ? opening.ussd()
                : encoded("ussd.open", request.text(), request.dcs());
    }

    private static UssdString encoded(String function, String text, @Nullable Integer dcs) {
        try {
            return UssdString.encode(text, dcs == null ? Dcs.UNSPECIFIED : new Dcs(dcs));
        } catch (UnsendableText e) {
            throw new Refused(function + ": " + e.getMessage());
        }
    }

    /** The script has ended, or its subscriber has left: what is open is broken off. */
    void end() {
        legs.forEach(FarLeg::close);
    }

    /** One of them. */
    private final class FarLeg implements Leg, NodeLink.Receiver {
        private final Request request;
        private final UssdString ussd;
        private final NodeAddress to;

        // ---- guarded by this; nothing is sent or told meanwhile

        private FarDialog dialog = FarDialog.asked();
        private @Nullable NodeLink link;
        private @Nullable CompletableFuture<Outcome> awaited;
        private boolean begun;

        /** What to say as soon as there is a link. */
        private @Nullable FarOutgoing early;

        /** What the node has said, or how it ended, that is not told yet. */
        private @Nullable Outcome news;

        // ---- of the script's thread

        private String tid = "";

        FarLeg(Request request, UssdString ussd) {
            this.request = request;
            this.ussd = ussd;
            this.to = request.to();
        }

        @Override
        public synchronized boolean isOpen() {
            return begun && dialog.isOpen();
        }

        synchronized boolean isOutOfTurn() {
            return begun && dialog.untold() != null;
        }

        // ---- on the script's thread

        @Override
        public CompletableFuture<Outcome> begin(Duration patience) {
            CompletableFuture<Outcome> first = new CompletableFuture<>();
            synchronized (this) {
                awaited = first;
                begun = true;
            }
            legs.add(this);
            counters.increment(ServiceDesk.FAR_BEGUN);
            NodeLink opened;
            try {
                opened = requireNonNullElse(request.through(), network).open(outgoing(), this);
            } catch (NotBegunException e) {
                return notBegun(String.valueOf(e.getMessage()));
            } catch (RuntimeException | Error e) {
                var _ = notBegun(String.valueOf(e));
                throw e;
            }
            tid = opened.localTid();
            teller.accept(opened(opened.local()));
            FarOutgoing waiting;
            synchronized (this) {
                link = opened;
                waiting = early;
            }
            if (waiting != null) {
                say(opened, waiting);
            }
            return timed(first, patience);
        }

        private CompletableFuture<Outcome> notBegun(String why) {
            synchronized (this) {
                begun = false;
            }
            legs.remove(this);
            over(Why.BUSY.word());
            return CompletableFuture.completedFuture(new Outcome.Broken(Why.BUSY, why));
        }

        private OutgoingRequest outgoing() {
            String number = request.msisdn();
            Address caller = opening.msisdn();
            boolean isCaller = number == null || (caller != null && caller.digits().equals(number));
            return new OutgoingRequest(
                    ussd,
                    request.mask() != null,
                    number == null ? caller : Address.international(number),
                    to.party(),
                    opening.local().ssn(),
                    isCaller ? opening.destination() : null, // which name the caller
                    isCaller ? opening.origination() : null);
        }

        private DialogFact opened(Party local) {
            OutgoingRequest sent = outgoing();
            return new DialogFact.FarOpened(
                    tid,
                    end(local),
                    end(sent.called()),
                    text(sent.destination()),
                    text(sent.origination()),
                    text(sent.msisdn()),
                    written(request.text(), request.mask()));
        }

        private static DialogFact.End end(Party party) {
            return new DialogFact.End(
                    party.pointCode(), party.ssn(), party.globalTitle(), party.routingIndicator());
        }

        private static @Nullable String text(@Nullable Address address) {
            return address == null ? null : address.toString();
        }

        private static Text written(String text, @Nullable String mask) {
            return new Text(mask == null ? text : mask, mask != null);
        }

        @Override
        public CompletableFuture<Outcome> answer(
                @Nullable String text,
                @Nullable String mask,
                @Nullable Integer dcs,
                Duration patience) {
            if (dcs != null && (dcs < 0 || dcs > MAX_DCS)) {
                throw new Refused("far:answer: dcs is " + dcs + "; 0 to 255 is allowed");
            }
            UssdString answer =
                    text == null || text.isEmpty() ? null : encoded("far:answer", text, dcs);
            return said(
                    it -> it.answered(answer, mask != null),
                    screen ->
                            new DialogFact.FarAnswered(
                                    tid,
                                    kind(screen),
                                    screen.asks() ? written(text == null ? "" : text, mask) : null,
                                    null),
                    patience);
        }

        @Override
        public CompletableFuture<Outcome> fail(int code, Duration patience) {
            return said(
                    it -> it.failed(code),
                    screen -> new DialogFact.FarAnswered(tid, kind(screen), null, code),
                    patience);
        }

        /** What the script does if it is its turn. */
        private CompletableFuture<Outcome> said(
                Function<FarDialog, Turn> saying,
                Function<Outcome.Shown, DialogFact> fact,
                Duration patience) {
            CompletableFuture<Outcome> next = new CompletableFuture<>();
            Outcome.Shown screen;
            FarOutgoing sent;
            synchronized (this) {
                screen = dialog.screen();
                if (screen == null) {
                    return CompletableFuture.completedFuture(howItEnded());
                }
                Turn turn = saying.apply(dialog);
                dialog = turn.next();
                sent = turn.send();
                awaited = next;
            }
            teller.accept(fact.apply(screen));
            say(link, sent);
            return timed(next, patience);
        }

        @Override
        public @Nullable Outcome ended() {
            Outcome outcome;
            synchronized (this) {
                outcome = dialog.untold();
                if (outcome != null) {
                    var _ = howItEnded();
                }
            }
            tell();
            return outcome;
        }

        private Outcome howItEnded() {
            Outcome outcome = dialog.untold();
            news = outcome;
            dialog = dialog.told();
            return outcome == null ? new Outcome.Broken(Why.CLOSED, "the dialog is over") : outcome;
        }

        private static Screen kind(Outcome.Shown screen) {
            return screen.asks() ? Screen.MENU : Screen.NOTIFY;
        }

        private CompletableFuture<Outcome> timed(
                CompletableFuture<Outcome> next, Duration patience) {
            if (!next.isDone()) {
                Time.Alarm alarm = time.after(patience, () -> timeIsOver(next, patience));
                var _ = next.whenComplete((_, _) -> alarm.cancel());
            }
            return next;
        }

        private void timeIsOver(CompletableFuture<Outcome> late, Duration patience) {
            if (late.isDone()) {
                return; // it came in this moment
            }
            carryOut(it -> it.timedOut(Measure.DURATION.format(patience.toMillis())));
        }

        @Override
        public void tell() {
            Outcome outcome;
            synchronized (this) {
                outcome = news;
                news = null;
            }
            if (outcome instanceof Outcome.Shown screen) {
                teller.accept(
                        new DialogFact.FarShown(tid, kind(screen), new Text(screen.text(), false)));
            } else if (outcome != null) {
                teller.accept(DialogFact.FarEnded.of(tid, outcome));
            }
        }

        /** It holds nothing any more; from any thread, once. */
        private void over(String how) {
            counters.increment(ServiceDesk.FAR_ENDED + how);
            request.over().run();
        }

        @Override
        public void close() {
            tell();
            boolean wasOpen;
            Turn turn;
            CompletableFuture<Outcome> waiting;
            synchronized (this) {
                if (!begun) {
                    return;
                }
                Outcome outOfTurn = dialog.untold();
                if (outOfTurn != null) {
                    dialog = dialog.told();
                    news = outOfTurn;
                }
                wasOpen = dialog.isOpen();
                turn = dialog.closed();
                dialog = turn.next();
                waiting = awaited;
                awaited = null;
            }
            tell();
            if (wasOpen) {
                if (turn.send() != null) {
                    say(link, turn.send());
                }
                DialogFact.FarEnded byScript = DialogFact.FarEnded.byScript(tid);
                over(byScript.how());
                teller.accept(byScript);
            }
            if (waiting != null) {
                waiting.complete(new Outcome.Broken(Why.ABANDON, "the subscriber has left"));
            }
        }

        // ---- from any thread

        /** What the node says; on a network thread. */
        @Override
        public void arrived(FarIncoming message) {
            carryOut(it -> it.heard(message));
        }

        private void carryOut(Function<FarDialog, Turn> event) {
            CompletableFuture<Outcome> told = null;
            Outcome last;
            Turn turn;
            NodeLink present;
            synchronized (this) {
                boolean wasOpen = dialog.isOpen();
                turn = event.apply(dialog);
                dialog = turn.next();
                last = wasOpen && !dialog.isOpen() ? lastOf(turn) : null;
                if (turn.outcome() != null) {
                    news = turn.outcome();
                    told = awaited;
                    awaited = null;
                }
                present = link;
                if (present == null && turn.send() != null) {
                    early = turn.send();
                }
            }
            if (last != null) {
                over(last.word());
            }
            if (turn.send() != null && present != null) {
                say(present, turn.send());
            }
            if (told != null && turn.outcome() != null) {
                told.complete(turn.outcome());
            } else if (last != null) {
                outOfTurn.run();
            }
        }

        private static @Nullable Outcome lastOf(Turn turn) {
            return turn.outcome() == null ? turn.next().untold() : turn.outcome();
        }

        /**
         * Says it, or learns that it cannot be said: then the node is lost, and the stack lets go
         * of it.
         */
        private void say(@Nullable NodeLink said, @Nullable FarOutgoing message) {
            if (said == null || message == null) {
                return;
            }
            try {
                Optional<String> undelivered = said.send(message);
                if (undelivered.isPresent() && !(message instanceof FarOutgoing.Abort)) {
                    carryOut(it -> it.lost(Cause.UNDELIVERED, undelivered.get()));
                    said.forget();
                }
            } catch (DialogGoneException e) {
                // what ended it has arrived, or is about to
                carryOut(it -> it.lost(Cause.ENGINE, "lost: " + e.getMessage()));
            } catch (IllegalStateException e) {
                carryOut(it -> it.lost(Cause.ENGINE, String.valueOf(e.getMessage())));
                said.forget();
            }
        }
    }
}
