package io.moondial.push;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.BegunLink;
import io.moondial.channel.Channel;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushSettings.RetryCause;
import io.moondial.push.PushSettings.RetrySettings;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link of a dialog that a push begins. What begins the dialog is an attempt here: the route is
 * found, the message sent, and if that comes to nothing, repeated as the rules say. The dialog
 * learns only what came of the last attempt. From its first answer on, this is the link below and
 * nothing else.
 */
final class PushLink implements BegunLink {
    private static final Logger log = LoggerFactory.getLogger(PushLink.class);
    private static final int ABSENT_SUBSCRIBER_SM = 6;
    private static final int ABSENT_SUBSCRIBER = 27;
    private static final int SYSTEM_FAILURE = 34;
    private static final int USSD_BUSY = 72;

    /** How long an HLR may take to say where a subscriber is. */
    private static final Duration LOCATE_WITHIN = Duration.ofSeconds(10);

    /** How long an attempt waits that no link took: that is no failure of the subscriber's side. */
    private static final Duration LINK_AGAIN = Duration.ofSeconds(5);

    private final Plan plan;
    private final Channel channel;
    private final Time time;
    private final Progress progress;
    private final Object lock = new Object();

    // ---- guarded by the lock

    private Receiver receiver = message -> {};
    private int attempts;

    /** How many of the attempts no link took: they are no retries. */
    private int untaken;

    private Outgoing.@Nullable Begin begin;
    private Time.@Nullable Alarm nextAttempt;
    private @Nullable Attempt current;

    /** Nothing is begun any more. */
    private boolean over;

    /** The dialog has ended for its script: what begins all the same is broken off. */
    private boolean isGivenUp;

    /**
     * How a subscriber is to be reached.
     *
     * @param ssn the subsystem of ours that it begins from
     * @param attempts how many there were before
     * @param untaken how many of these no link took
     * @param expires when it is too late for another one
     */
    record Plan(
            String msisdn,
            PushSettings settings,
            int ssn,
            @Nullable Integer alertingPattern,
            int attempts,
            int untaken,
            Instant expires) {}

    /** Who follows the attempts; called on any thread, and never waits. */
    interface Progress {
        /** How long the next attempt has to wait for yet; zero: it may be made. */
        Duration waits();

        /**
         * Whether the next attempt has to wait for so long that the push goes back among those that
         * have not begun: its dialog is over then.
         */
        boolean goesBack();

        /** Whether nothing is tried again: the engine stops, or another one may have the push. */
        boolean isStopping();

        /** Whether the push is this engine's now: otherwise nothing of it may leave. */
        boolean mayLeave();

        /** An attempt begins: its way is looked for. */
        void begins(int attempt);

        /**
         * The message of an attempt is about to leave.
         *
         * @return completes once it is noted that it may have been sent; fails if that cannot be
         *     noted now: then it is not sent
         */
        CompletableFuture<?> sending();

        /** The message leaves now. */
        void sent();

        /** An attempt has failed, and another one is made at this time. */
        void retrying(Failure failure, Instant at);

        /** The first screen was answered with an error, in a dialog that goes on. */
        void erred(Failure failure);

        /** The last attempt has failed. */
        void failed(Failure failure);

        /** It was too late for an attempt. */
        void expired();

        /** The first screen was answered. */
        void answered();
    }

    /**
     * Why an attempt has come to nothing.
     *
     * @param errorCode null: it was no MAP error
     * @param how for people
     * @param maybeShown whether the subscriber may have seen it all the same
     */
    record Failure(Reason reason, @Nullable Integer errorCode, String how, boolean maybeShown) {}

    PushLink(Plan plan, Channel channel, Time time, Progress progress) {
        this.plan = plan;
        this.channel = channel;
        this.time = time;
        this.progress = progress;
        this.attempts = plan.attempts();
        this.untaken = plan.untaken();
    }

    @Override
    public void receiver(Receiver receiver) {
        synchronized (lock) {
            this.receiver = receiver;
        }
    }

    @Override
    public String localTid() {
        DialogLink open = below();
        return open == null ? "" : open.localTid();
    }

    private @Nullable DialogLink below() {
        synchronized (lock) {
            return current == null ? null : current.link;
        }
    }

    @Override
    public Optional<String> send(Outgoing message) throws DialogGoneException {
        if (message instanceof Outgoing.Begin first) {
            synchronized (lock) {
                if (over) {
                    throw new DialogGoneException("the push was withdrawn");
                }
                begin = first;
            }
            attempt(true);
            return Optional.empty();
        }
        DialogLink open;
        synchronized (lock) {
            if (message.isLast()) {
                stopAttempts();
                isGivenUp = true;
            }
            open = below();
        }
        if (open != null) {
            return open.send(message);
        }
        if (message.isLast()) {
            return Optional.empty(); // nothing has begun that could be ended
        }
        throw new DialogGoneException("the dialog has not begun, or is over");
    }

    @Override
    public void forget() {
        DialogLink open;
        synchronized (lock) {
            stopAttempts();
            isGivenUp = true;
            open = below();
        }
        if (open != null) {
            open.forget();
        }
    }

    /**
     * Makes no attempt any more, unless one is under way or has come to something. A dialog that
     * waits for the next one learns that there is none.
     *
     * @param first done before the dialog learns it
     * @return false if it is too late: the subscriber may have seen something
     */
    boolean withdraw(String why, Runnable first) {
        synchronized (lock) {
            if (current != null && current.sent) {
                return false;
            }
            boolean waits = begin != null && !over;
            stopAttempts();
            first.run();
            if (waits) {
                receiver.arrived(new Incoming.Aborted(Cause.ENGINE, why));
            }
            return true;
        }
    }

    private void stopAttempts() {
        synchronized (lock) {
            over = true;
            Time.Alarm alarm = nextAttempt;
            nextAttempt = null;
            if (alarm != null) {
                alarm.cancel();
            }
        }
    }

    // ---- an attempt

    /**
     * Makes the next attempt.
     *
     * @param maySend whether the message may leave on this thread: it can wait
     */
    private void attempt(boolean maySend) {
        Attempt attempt;
        synchronized (lock) {
            nextAttempt = null;
            if (over) {
                return;
            }
            if (!time.now().isBefore(plan.expires())) {
                over = true;
                progress.expired();
                receiver.arrived(new Incoming.Aborted(Cause.ENGINE, "the push has expired"));
                return;
            }
            boolean isFirst = attempts == plan.attempts();
            if (!isFirst && progress.goesBack()) {
                over = true;
                receiver.arrived(
                        new Incoming.Aborted(Cause.ENGINE, "the next attempt waits in the queue"));
                return;
            }
            Duration wait = isFirst ? Duration.ZERO : progress.waits();
            if (!wait.isZero()) {
                Duration left = Duration.between(time.now(), plan.expires());
                nextAttempt =
                        time.after(wait.compareTo(left) < 0 ? wait : left, () -> attempt(false));
                return;
            }
            attempts++;
            attempt = new Attempt(attempts, requireNonNull(begin));
            current = attempt;
            progress.begins(attempts);
        }
        attempt.start(maySend);
    }

    /** One message that begins a dialog, from the search for its way to its first answer. */
    private final class Attempt implements Receiver {
        private final int number;
        private final Outgoing.Begin begin;

        // ---- guarded by the lock

        /** Whether it may have left. */
        private boolean sent;

        /** Null: it has not left, or has come to nothing. */
        private @Nullable DialogLink link;

        /** What came before the link was known here. */
        private final List<Incoming> early = new ArrayList<>();

        /** Whether what is taken came before the link was known: no link took the message, say. */
        private boolean isEarly;

        /** Whether it is known what it has come to. */
        private boolean settled;

        /** Whether a screen was answered: the first, or one after an error in an open dialog. */
        private boolean isAnswered;

        /** Rings if the HLR's answer never comes; null: none is waited for. */
        private Time.@Nullable Alarm overdue;

        Attempt(int number, Outgoing.Begin begin) {
            this.number = number;
            this.begin = begin;
        }

        void start(boolean maySend) {
            PushSettings settings = plan.settings();
            switch (requireNonNull(settings.route())) {
                case HLR -> note(Route.toHlr(plan.msisdn()), maySend);
                case FIXED ->
                        note(
                                Route.toFixed(requireNonNull(settings.fixed()), plan.msisdn()),
                                maySend);
                case SRI_SM -> locate();
            }
        }

        private void locate() {
            synchronized (lock) {
                overdue =
                        time.after(
                                LOCATE_WITHIN.multipliedBy(3),
                                () ->
                                        located(
                                                new RoutingInfo.Failed(
                                                        Cause.UNANSWERED, "nothing came back")));
            }
            try {
                channel.locate(
                        new RoutingQuery(
                                plan.msisdn(), Route.hlr(plan.msisdn()), plan.ssn(), LOCATE_WITHIN),
                        this::located);
            } catch (NotBegunException e) {
                located(new RoutingInfo.NotAsked(String.valueOf(e.getMessage())));
            } catch (RuntimeException | Error e) {
                located(fault(e));
            }
        }

        private void located(RoutingInfo info) {
            synchronized (lock) {
                if (overdue == null) {
                    return; // it has come before
                }
                overdue.cancel();
                overdue = null;
            }
            switch (info) {
                case RoutingInfo.Found(String imsi, String node) ->
                        note(Route.toMsc(node, imsi), false);
                case RoutingInfo.Refused(int code) -> notSent(ofError(code, "the HLR says"));
                case RoutingInfo.NotAsked(String how) ->
                        notSent(new Failure(Reason.UNTAKEN, null, how, false));
                case RoutingInfo.Failed(Cause cause, String how) ->
                        notSent(
                                new Failure(
                                        switch (cause) {
                                            case UNDELIVERED -> Reason.UNDELIVERED;
                                            case UNANSWERED -> Reason.NO_ANSWER;
                                            case USER, PROVIDER, REFUSED, ENGINE -> Reason.NO_ROUTE;
                                        },
                                        null,
                                        "the HLR was asked where the subscriber is: " + how,
                                        false));
            }
        }

        /** It leaves only when it is noted that it may have. */
        private void note(Route route, boolean maySend) {
            if (isOff()) {
                return;
            }
            if (!progress.mayLeave()) {
                noteLater(route);
                return;
            }
            CompletableFuture<?> noted = progress.sending();
            if (maySend && noted.isDone()) {
                noted(route, noted.isCompletedExceptionally());
            } else {
                var _ =
                        noted.whenCompleteAsync(
                                (_, fault) -> noted(route, fault != null), this::onThreadOfItsOwn);
            }
        }

        private void noted(Route route, boolean inVain) {
            if (inVain || !progress.mayLeave()) {
                noteLater(route);
            } else {
                leave(route);
            }
        }

        /** The threads of the store, of the network and of the clock are not for sending. */
        private void onThreadOfItsOwn(Runnable task) {
            time.activity().begin();
            Thread.ofVirtual()
                    .name("push")
                    .start(
                            () -> {
                                try {
                                    task.run();
                                } finally {
                                    time.activity().end();
                                }
                            });
        }

        private void noteLater(Route route) {
            synchronized (lock) {
                if (!over) {
                    nextAttempt = time.after(KeptPushes.AGAIN, () -> note(route, false));
                }
            }
        }

        /** Whether nothing is to be sent any more; what has expired meanwhile is told so. */
        private boolean isOff() {
            synchronized (lock) {
                if (!over && !time.now().isBefore(plan.expires())) {
                    over = true;
                    progress.expired();
                    receiver.arrived(new Incoming.Aborted(Cause.ENGINE, "the push has expired"));
                }
                return over;
            }
        }

        private void leave(Route route) {
            synchronized (lock) {
                if (over) {
                    return;
                }
                sent = true;
                progress.sent();
            }
            OutgoingDialog dialog =
                    new OutgoingDialog(
                            begin.first(),
                            plan.alertingPattern(),
                            route.called(),
                            plan.ssn(),
                            route.destination(),
                            null,
                            begin.answerWithin(),
                            plan.msisdn());
            try {
                begun(channel.begin(dialog, this));
            } catch (NotBegunException e) {
                notSent(new Failure(Reason.UNTAKEN, null, String.valueOf(e.getMessage()), false));
            } catch (RuntimeException | Error e) {
                notSent(new Failure(Reason.ABORTED, null, fault(e).how(), true));
            }
        }

        private static RoutingInfo.Failed fault(Throwable e) {
            log.error("a push cannot be sent: internal fault", e);
            return new RoutingInfo.Failed(Cause.ENGINE, "internal fault: " + e);
        }

        private void begun(DialogLink begun) {
            synchronized (lock) {
                if (!isGivenUp) {
                    opened(begun);
                    return;
                }
                settled = true;
            }
            breakOff(begun); // without the lock: whoever takes a message has the link's own first
        }

        private void opened(DialogLink begun) {
            link = begun;
            receiver.arrived(new Incoming.Begun(number, begun.localTid()));
            isEarly = true;
            early.forEach(this::take);
            early.clear();
            isEarly = false;
        }

        /** Nobody would ever end it. */
        private static void breakOff(DialogLink begun) {
            try {
                begun.send(new Outgoing.Abort("its script has ended"))
                        .ifPresent(why -> begun.forget());
            } catch (DialogGoneException e) {
                log.debug("{} ended by itself", begun.localTid());
            }
        }

        @Override
        public void arrived(Incoming message) {
            synchronized (lock) {
                if (link == null && !settled) {
                    early.add(message);
                } else {
                    take(message);
                }
            }
        }

        private void take(Incoming message) {
            if (settled) {
                if (!isAnswered && isAnswered(message)) {
                    isAnswered = true;
                    progress.answered();
                }
                receiver.arrived(message);
                return;
            }
            if (message instanceof Incoming.Continued(var parts)) {
                goesOn(message, parts);
                return;
            }
            settled = true;
            Failure failure = failure(message);
            if (failure == null) {
                isAnswered = true;
                progress.answered();
                receiver.arrived(message);
            } else if (isEarly && failure.reason() == Reason.UNDELIVERED) {
                cameToNothing(new Failure(Reason.UNTAKEN, null, failure.how(), false), message);
            } else {
                cameToNothing(failure, message);
            }
        }

        /** The dialog is open from now on: nothing is tried again. */
        private void goesOn(Incoming message, List<Part> parts) {
            if (isAnswered(parts)) {
                settled = true;
                isAnswered = true;
                progress.answered();
            } else if (parts.size() == 1 && parts.getFirst() instanceof Part.Errored(_, int code)) {
                settled = true;
                progress.erred(ofError(code, "the far side says"));
            }
            receiver.arrived(message);
        }

        private void notSent(Failure failure) {
            synchronized (lock) {
                if (!over || sent) {
                    settled = true;
                    cameToNothing(failure, asMessage(failure));
                }
            }
        }

        private Incoming asMessage(Failure failure) {
            Integer code = failure.errorCode();
            return code == null
                    ? new Incoming.Aborted(
                            failure.reason() == Reason.NO_ANSWER
                                    ? Cause.UNANSWERED
                                    : Cause.UNDELIVERED,
                            failure.how())
                    : new Incoming.Ended(List.of(new Part.Errored(begin.first().screen(), code)));
        }

        /** The dialog is told unless there is another attempt. */
        private void cameToNothing(Failure failure, Incoming message) {
            Duration pause = pause(failure);
            Instant at = pause == null ? null : time.now().plus(pause);
            if (pause != null && at != null && at.isBefore(plan.expires())) {
                current = null;
                progress.retrying(failure, at);
                nextAttempt = time.after(pause, () -> attempt(false));
                if (progress.isStopping()) {
                    stopAttempts();
                    receiver.arrived(new Incoming.Aborted(Cause.ENGINE, "the engine stops"));
                }
                return;
            }
            over = true;
            progress.failed(failure);
            receiver.arrived(message);
        }
    }

    /** How long after this failure the next attempt is made; null: none is. */
    private @Nullable Duration pause(Failure failure) {
        RetrySettings retry = plan.settings().retry();
        if (over) {
            return null;
        }
        if (failure.reason() == Reason.UNTAKEN) {
            untaken++;
            return LINK_AGAIN;
        }
        int failed = attempts - untaken;
        return failed <= retry.attempts()
                        && retry.on().stream().anyMatch(it -> reason(it) == failure.reason())
                ? retry.after().get(Math.min(failed, retry.after().size()) - 1)
                : null;
    }

    private static Reason reason(RetryCause cause) {
        return switch (cause) {
            case USSD_BUSY -> Reason.USSD_BUSY;
            case SYSTEM_FAILURE -> Reason.SYSTEM_FAILURE;
            case NO_ANSWER -> Reason.NO_ANSWER;
            case ABSENT_SUBSCRIBER -> Reason.ABSENT_SUBSCRIBER;
            case UNDELIVERED -> Reason.UNDELIVERED;
        };
    }

    /** Why the first message back means that nothing was answered; null: something was. */
    private static @Nullable Failure failure(Incoming first) {
        return switch (first) {
            case Incoming.Ended(var parts)
                    when parts.size() == 1
                            && parts.getFirst() instanceof Part.Errored(_, int code) ->
                    ofError(code, "the far side says");
            case Incoming.Ended(var parts) ->
                    isAnswered(parts)
                            ? null
                            : new Failure(
                                    Reason.ABORTED,
                                    null,
                                    "the far side ended the dialog without an answer",
                                    true);
            case Incoming.Aborted(Cause cause, String how) ->
                    switch (cause) {
                        case UNANSWERED -> new Failure(Reason.NO_ANSWER, null, how, true);
                        case UNDELIVERED -> new Failure(Reason.UNDELIVERED, null, how, false);
                        case REFUSED -> new Failure(Reason.REFUSED, null, how, false);
                        case USER, PROVIDER, ENGINE -> new Failure(Reason.ABORTED, null, how, true);
                    };
            case Incoming.Continued continued -> throw new IllegalStateException("it goes on");
            case Incoming.Begun begun -> throw new IllegalStateException("said by this link only");
        };
    }

    private static boolean isAnswered(Incoming message) {
        return switch (message) {
            case Incoming.Continued(var parts) -> isAnswered(parts);
            case Incoming.Ended(var parts) -> isAnswered(parts);
            case Incoming.Begun begun -> false;
            case Incoming.Aborted aborted -> false;
        };
    }

    private static boolean isAnswered(List<Part> parts) {
        for (Part part : parts) {
            if (part instanceof Part.Answered || part instanceof Part.Acknowledged) {
                return true;
            }
        }
        return false;
    }

    private static Failure ofError(int code, String who) {
        return new Failure(
                switch (code) {
                    case USSD_BUSY -> Reason.USSD_BUSY;
                    case SYSTEM_FAILURE -> Reason.SYSTEM_FAILURE;
                    case ABSENT_SUBSCRIBER, ABSENT_SUBSCRIBER_SM -> Reason.ABSENT_SUBSCRIBER;
                    default -> Reason.ERROR;
                },
                code,
                who + " MAP error " + code,
                false);
    }
}
