package io.moondial.push;

import static java.util.Objects.requireNonNullElse;

import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.logic.PushedDialog;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushQueue.Parts;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.PushSettings.RouteKind;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One push: what was ordered, how it is, and how the store gets to know that. Guarded by the
 * queue's lock, but for what never changes.
 */
final class Push implements PushLink.Progress, DialogListener {
    private final PushQueue queue;
    private final Guard guard;
    private final Time time;
    private final String id;
    private final PushOrder order;
    private final String digest;
    private final String owner;
    private final Instant accepted;
    private final Instant expires;
    private long sequence;
    private State state;
    private Instant changed;
    private int attempts;

    /** How many of them no link took. */
    private int untaken;

    private @Nullable Instant nextAttempt;
    private @Nullable Integer errorCode;
    private @Nullable Reason reason;
    private @Nullable String answer;
    private @Nullable String instanceId;
    private @Nullable PushLink link;

    /** That of its link, or of the last one that it had. */
    private @Nullable RouteKind route;

    /** Who is told its end. */
    private Set<Consumer<PushReport>> waiting = Set.of();

    /** Whether its dialog is over. */
    private boolean isOver;

    /** Whether it waits for its turn again once its dialog is over. */
    private boolean goesBack;

    /** Whether another engine may have it: nothing begins here, and the store has its word. */
    private volatile boolean isLost;

    /** Whether it leaves as soon as the store knows. */
    private boolean mayLeave;

    /** Whether the store is being told how it is. */
    private boolean isWritten;

    /** Whether it has changed since. */
    private boolean isDirty;

    /** What those who follow have not been told yet; whoever tells them holds its monitor. */
    private final Queue<PushReport> untold = new ConcurrentLinkedQueue<>();

    /** Who waits until the store knows how it is now. */
    private List<CompletableFuture<@Nullable Void>> noted = List.of();

    /** One that was just ordered. */
    Push(
            PushQueue queue,
            String id,
            PushOrder order,
            String digest,
            Instant accepted,
            Instant expires,
            String owner) {
        this.queue = queue;
        this.guard = queue.guard();
        this.time = queue.time();
        this.id = id;
        this.order = order;
        this.digest = digest;
        this.accepted = accepted;
        this.expires = expires.truncatedTo(ChronoUnit.MILLIS);
        this.owner = owner;
        this.state = State.QUEUED;
        this.changed = accepted;
    }

    /** One of the store. */
    Push(PushQueue queue, StoredPush stored, long sequence) {
        PushReport report = stored.report();
        this.queue = queue;
        this.guard = queue.guard();
        this.time = queue.time();
        this.id = stored.id();
        this.order = stored.order();
        this.digest = stored.digest();
        this.owner = stored.owner();
        this.accepted = report.accepted();
        this.expires = report.expires();
        this.sequence = sequence;
        this.state = report.state();
        this.changed = report.changed();
        this.attempts = report.attempts();
        this.untaken = requireNonNullElse(stored.untaken(), 0);
        this.errorCode = report.errorCode();
        this.reason = report.reason();
        this.answer = report.answer();
        this.instanceId = report.instanceId();
    }

    String id() {
        return id;
    }

    PushOrder order() {
        return order;
    }

    String msisdn() {
        return order.msisdn();
    }

    /** The key of its script; null: it is a text. */
    @Nullable String script() {
        return order.content() instanceof PushOrder.Script(String key, var _) ? key : null;
    }

    Priority priority() {
        return order.priority();
    }

    Instant accepted() {
        return accepted;
    }

    Instant expires() {
        return expires;
    }

    String owner() {
        return owner;
    }

    State state() {
        return state;
    }

    /** Whether its dialog is about to begin, or to be tried again: it can be withdrawn. */
    boolean isBetweenAttempts() {
        return state == State.ROUTING || (state == State.SENT && nextAttempt != null);
    }

    /** Its place among those that wait. */
    long sequence() {
        return sequence;
    }

    /** It gets its place. */
    void sequence(long place) {
        sequence = place;
    }

    /**
     * Another engine may have it from now on. What has left goes on here to its end, which the
     * store is told.
     */
    void lose() {
        isLost = true;
    }

    /**
     * Whether what becomes of it is another engine's to say, as nothing of it is under way here.
     */
    boolean isElsewhere() {
        return isLost && isBetweenAttempts();
    }

    /** Somebody waits for its end, and is told it once. */
    void await(Consumer<PushReport> waiter) {
        if (waiting.isEmpty()) {
            waiting = new HashSet<>();
        }
        waiting.add(waiter);
    }

    /** He waits no more. */
    void awaitNoMore(Consumer<PushReport> waiter) {
        if (!waiting.isEmpty()) {
            waiting.remove(waiter);
        }
    }

    /** It has ended so: whoever waits for that learns it, once the guard is left. */
    void ended(PushReport last) {
        Set<Consumer<PushReport>> all = waiting;
        waiting = Set.of();
        all.forEach(it -> guard.later(() -> it.accept(last)));
    }

    PushReport report() {
        return report(state);
    }

    private PushReport report(State as) {
        return new PushReport(
                id,
                order.msisdn(),
                StoredPush.what(order.content()),
                order.priority(),
                order.by(),
                as,
                accepted,
                expires,
                changed,
                attempts,
                nextAttempt,
                errorCode,
                reason,
                answer,
                instanceId,
                order.callback(),
                route);
    }

    /** As the store has it: one that may leave counts as sent. */
    StoredPush stored() {
        return StoredPush.of(
                owner,
                digest,
                order,
                report(mayLeave && !state.isLast() ? State.SENT : state),
                untaken);
    }

    void to(State next) {
        mayLeave = false;
        state = next;
        changed = time.now();
        if (next.isLast() || next == State.QUEUED) {
            nextAttempt = null;
        }
        tell();
    }

    /** Whoever follows the pushes learns how it is now: one change after the other. */
    void tell() {
        untold.add(report());
        guard.atExit(
                () -> {
                    synchronized (untold) {
                        for (PushReport next = untold.poll(); next != null; next = untold.poll()) {
                            queue.tell(next);
                        }
                    }
                });
    }

    /** Its dialog, which is about to begin. */
    PushedDialog dialog(PushSettings current) {
        Parts present = queue.parts();
        int ssn = requireNonNullElse(current.ssn(), present.ssn());
        PushLink made =
                new PushLink(
                        new PushLink.Plan(
                                order.msisdn(),
                                current,
                                ssn,
                                order.alertingPattern(),
                                attempts,
                                untaken,
                                expires),
                        present.channel(),
                        time,
                        this);
        boolean isTooLate =
                guard.get(
                        () -> {
                            link = made;
                            route = current.route();
                            isOver = false;
                            return state.isLast() || isStopping();
                        });
        if (isTooLate) {
            made.withdraw("the push was withdrawn", () -> {});
        }
        return new PushedDialog(
                id,
                order.msisdn(),
                switch (order.content()) {
                    case PushOrder.Text(var screen, String text) ->
                            new PushedDialog.OfText(screen, text);
                    case PushOrder.Script(String key, var args) ->
                            new PushedDialog.OfScript(key, args);
                },
                made,
                this,
                current.answerTimeout(),
                ssn);
    }

    /** It has no dialog now. */
    void unlink() {
        link = null;
    }

    /** The link of its dialog; null: it has none yet, or no more. */
    @Nullable PushLink link() {
        return link;
    }

    // ---- the store

    /** The store gets to know how it is, once it has what it is being told. */
    void write() {
        if (isLost && !state.isLast()) {
            return;
        }
        if (isWritten) {
            isDirty = true;
            return;
        }
        isWritten = true;
        isDirty = false;
        queue.kept().behind(1);
        StoredPush stored = stored();
        boolean isLast = state.isLast();
        Duration ttl = isLast ? queue.settings().keep() : null;
        List<CompletableFuture<@Nullable Void>> waiting = noted;
        noted = List.of();
        guard.atExit(
                () -> {
                    var _ =
                            told(stored, isLast, ttl)
                                    .whenComplete((_, fault) -> written(isLast, waiting, fault));
                });
    }

    /**
     * The store is told; but for its end, which has happened here, only while no other engine can
     * have gone on with it.
     */
    private CompletableFuture<Void> told(
            StoredPush stored, boolean isLast, @Nullable Duration ttl) {
        return isLast || queue.isOwner()
                ? queue.kept().set(stored, ttl)
                : CompletableFuture.failedFuture(
                        new Pushes.StoreException(
                                "it does not say whether push: owner is this engine's still"));
    }

    private void written(
            boolean wasLast,
            List<CompletableFuture<@Nullable Void>> waiting,
            @Nullable Throwable fault) {
        if (fault != null) {
            queue.notWritten(id, fault);
            waiting.forEach(it -> it.completeExceptionally(fault));
            time.after(KeptPushes.AGAIN, () -> guard.run(this::writeAgain));
            return;
        }
        waiting.forEach(it -> it.complete(null));
        guard.run(
                () -> {
                    isWritten = false;
                    if (isDirty) {
                        write();
                    } else if (wasLast) {
                        queue.forget(this);
                    }
                    queue.kept().behind(-1);
                });
    }

    private void writeAgain() {
        isWritten = false;
        write();
        queue.kept().behind(-1);
    }

    // ---- its attempts

    @Override
    public void begins(int attempt) {
        guard.run(
                () -> {
                    if (state.isLast()) {
                        return; // withdrawn before it had a link, which is about to learn it
                    }
                    queue.parts().counters().increment("push.attempts");
                    attempts = attempt;
                    nextAttempt = null;
                    to(State.ROUTING);
                });
    }

    @Override
    public Duration waits() {
        return guard.get(() -> queue.waits(this));
    }

    /** A text waits for the end of quiet hours in the queue; a script cannot be begun again. */
    @Override
    public boolean goesBack() {
        return guard.get(
                () -> {
                    goesBack = order.content() instanceof PushOrder.Text && queue.isQuietFor(this);
                    return goesBack;
                });
    }

    @Override
    public boolean isStopping() {
        return isLost || queue.isStopping();
    }

    @Override
    public boolean mayLeave() {
        return !isLost && queue.isOwner();
    }

    @Override
    public CompletableFuture<?> sending() {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        guard.run(
                () -> {
                    if (state.isLast()) {
                        done.completeExceptionally(new IllegalStateException("it has ended"));
                        return;
                    }
                    mayLeave = true;
                    noted = new ArrayList<>(noted);
                    noted.add(done);
                    write();
                });
        return done;
    }

    @Override
    public void sent() {
        guard.run(() -> to(State.SENT));
    }

    @Override
    public void retrying(PushLink.Failure failure, Instant at) {
        guard.run(
                () -> {
                    if (state.isLast()) {
                        return;
                    }
                    queue.parts().counters().increment("push.retries." + failure.reason().word());
                    failedWith(failure);
                    nextAttempt = at;
                    if (failure.maybeShown()) {
                        tell(); // for the store it stays one that may have been sent
                    } else {
                        to(State.ROUTING);
                        write();
                    }
                });
    }

    private void failedWith(PushLink.Failure failure) {
        if (failure.reason() == Reason.UNTAKEN) {
            untaken++;
        }
        reason = failure.reason();
        errorCode = failure.errorCode();
    }

    @Override
    public void erred(PushLink.Failure failure) {
        guard.run(() -> failedWith(failure));
    }

    @Override
    public void failed(PushLink.Failure failure) {
        guard.run(
                () -> {
                    failedWith(failure);
                    if (!state.isLast() && !isElsewhere() && !isInDoubt()) {
                        queue.end(this, State.FAILED);
                    }
                });
    }

    @Override
    public void expired() {
        guard.run(
                () -> {
                    if (!state.isLast() && !isElsewhere() && !isInDoubt()) {
                        queue.end(this, State.EXPIRED);
                    }
                });
    }

    @Override
    public void answered() {
        guard.run(
                () -> {
                    if (state.isLast()) {
                        return; // it was given up while the message was on its way
                    }
                    reason = null;
                    errorCode = null;
                    to(State.ANSWERED);
                });
    }

    // ---- its dialog

    @Override
    public void told(DialogIdentity dialog, Instant at, DialogFact fact) {
        switch (fact) {
            case DialogFact.Begun begun -> guard.run(() -> instanceId = dialog.instanceId());
            case DialogFact.Answered(DialogFact.Text text, boolean late, boolean last) -> {
                if (!late) {
                    guard.run(() -> answer = requireNonNullElse(answer, text.written()));
                }
            }
            case DialogFact.Finished(Outcome outcome, boolean explained) -> finished(outcome);
            case DialogFact.LetGo(Throwable fault) ->
                    finished(new Outcome.Failed(fault.toString()));
            default -> {}
        }
    }

    private void finished(Outcome outcome) {
        guard.run(
                () -> {
                    if (isOver) {
                        return;
                    }
                    isOver = true;
                    boolean isBack = (goesBack || isInDoubt()) && !state.isLast() && !isElsewhere();
                    if (isElsewhere()) {
                        queue.leave(this);
                    } else if (isBack || (queue.isStopping() && goesOnAfterAStart())) {
                        to(State.QUEUED);
                        write();
                    } else if (queue.isStopping() && state == State.SENT) {
                        queue.end(this, State.UNKNOWN);
                    } else if (!state.isLast()) {
                        ended(outcome);
                    }
                    queue.over(this);
                    if (isBack) {
                        goesBack = false;
                        queue.waitsAgain(this);
                    }
                    queue.turn();
                });
    }

    /**
     * Whether another engine may have gone on with it, which the store does not say now: nothing of
     * it is under way here, so it waits until that is known.
     */
    private boolean isInDoubt() {
        return isBetweenAttempts() && !queue.isOwner();
    }

    /** As after a kill; but here it is known which message was answered. */
    private boolean goesOnAfterAStart() {
        return isBetweenAttempts() || (state == State.SENT && order.atLeastOnce());
    }

    private void ended(Outcome outcome) {
        switch (outcome) {
            case Outcome.Completed completed -> queue.end(this, State.COMPLETED);
            case Outcome.Closed closed -> queue.end(this, State.COMPLETED);
            case Outcome.Failed failed ->
                    failed(queue.isStopping() ? Reason.STOPPED : Reason.SCRIPT);
            case Outcome.Unreached unreached ->
                    failed(
                            requireNonNullElse(
                                    reason,
                                    state == State.SENT ? Reason.NO_ANSWER : Reason.NOTHING_SHOWN));
            case Outcome.Abandoned abandoned -> failed(Reason.ABORTED);
            case Outcome.Aborted aborted -> failed(Reason.ABORTED);
            case Outcome.Responded r -> throw notInPushes(r);
            case Outcome.Declined d -> throw notInPushes(d);
            case Outcome.Acknowledged a -> throw notInPushes(a);
        }
    }

    /** It has failed for this reason. */
    void failed(Reason why) {
        reason = why;
        queue.end(this, State.FAILED);
    }

    private static IllegalStateException notInPushes(Outcome outcome) {
        return new IllegalStateException("no pushed dialog ends so: " + outcome.word());
    }
}
