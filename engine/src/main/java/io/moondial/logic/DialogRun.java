package io.moondial.logic;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.NodeOpener;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.Dialog;
import io.moondial.dialog.Dialog.Transition;
import io.moondial.dialog.DialogAction;
import io.moondial.dialog.DialogEvent;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Outgoing;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.lang.LanguageSources;
import io.moondial.logic.LuaService.Claim;
import io.moondial.logic.LuaService.ScriptBreaker;
import io.moondial.metrics.Counters;
import io.moondial.script.Script;
import io.moondial.script.ScriptOutcome;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.ScriptRun;
import io.moondial.script.ScriptRun.Control;
import io.moondial.script.ScriptSettings;
import io.moondial.script.api.FarDialogs;
import io.moondial.script.api.Phase;
import io.moondial.script.api.ScriptDialog;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One dialog on its way through the engine. Its state belongs to the thread of its script: whatever
 * happens elsewhere, a message, an alarm, a stop, is put into the mailbox, which that thread
 * empties while a primitive waits and before it does anything else. So nothing is locked, and a
 * network thread never waits for a script.
 */
final class DialogRun implements ScriptDialog, DialogLink.Receiver {
    private final Claim claim;
    private final DialogLink link;
    private final DialogIdentity identity;
    private final DialogListener listener;
    private final DialogServices services;
    private final Surroundings around;
    private final Time time;
    private final Control control = new Control();
    private final Mailbox mailbox;
    private @Nullable Transition begin;
    private Dialog dialog;
    private Time.@Nullable Alarm alarm;

    /** The screen that waits, or that waited last. */
    private volatile int screen;

    private @Nullable Settled settled;

    /** Whether the last call of the script was not settled at once. */
    private boolean hasWaited;

    /** Whether it has been reported why the dialog fails. */
    private boolean explained;

    /** The dialogs with other nodes that the script has begun; null: none yet. */
    private @Nullable FarLegs far;

    /** Rings when the script's time is over; null: it does not run yet. */
    private Time.@Nullable Alarm deadline;

    /** When that is, in nanoseconds of the clock that only goes forward. */
    private long timeIsOverAt;

    /**
     * What it is run with.
     *
     * @param nodes begins dialogs with other USSD nodes
     */
    record Surroundings(Time time, NodeOpener nodes, Counters counters) {}

    /** How the primitive that the script called has come out. */
    private sealed interface Settled {
        record Replied(PrimitiveResult result) implements Settled {}

        record Refusal(String message) implements Settled {}

        record Kill(String reason) implements Settled {}
    }

    /**
     * A dialog that a service has claimed.
     *
     * @param listener is told everything that happens in it
     */
    DialogRun(
            Claim claim,
            DialogLink link,
            DialogIdentity identity,
            DialogListener listener,
            DialogServices services,
            Surroundings around) {
        this.claim = claim;
        this.link = link;
        this.identity = identity;
        this.listener = listener;
        this.services = services;
        this.around = around;
        this.time = around.time();
        this.mailbox = new Mailbox(time.activity());
        Transition first = Dialog.begin(claim.setup());
        this.begin = first;
        this.dialog = first.next();
    }

    // ---- from any thread

    @Override
    public void arrived(Incoming message) {
        if (!(message instanceof Incoming.Begun)) { // which tells what we have done
            listener.arrived();
        }
        mailbox.post(message);
    }

    /** Ends the dialog for this reason, wherever its script is. */
    void stop(String reason) {
        stop(reason, false);
    }

    private void stop(String reason, boolean scriptsFault) {
        control.stop(reason);
        mailbox.post(new DialogEvent.Stopped(reason, scriptsFault));
    }

    // ---- on the script's thread: its life

    /** Runs the script to its end, and the dialog with it. */
    void run() {
        begin();
        switch (claim.breaker().ask()) {
            case OFF -> {
                if (claim.setup().kind() == DialogKind.PUSHED) {
                    runScript(); // it was on when the push had its turn
                } else {
                    finishWithoutScript();
                }
            }
            case ON_AGAIN -> {
                Script script = claim.script();
                tell(new DialogFact.ScriptSwitchedOn(script.fileName(), script.version()));
                runScript();
            }
            case ON -> runScript();
        }
    }

    /** What is done with is not kept while the dialog waits. */
    private void begin() {
        Transition first = Objects.requireNonNull(begin, "a dialog begins once");
        begin = null;
        first.actions().forEach(this::perform);
    }

    /**
     * The script is switched off: the far side is informed in the way that its operation allows.
     */
    private void finishWithoutScript() {
        tell(new DialogFact.ScriptSkipped());
        catchUp();
        handle(new DialogEvent.SwitchedOff());
    }

    private void runScript() {
        timeIsOverAt = time.nanos() + claim.limits().maxTime().toNanos();
        setDeadline();
        try {
            ScriptOutcome outcome;
            try {
                outcome = claim.script().run(scriptRun());
            } finally {
                cancelDeadline();
                if (far != null) {
                    far.end();
                }
            }
            finish(outcome);
            goOnWithoutScript();
        } finally {
            stopTimer();
        }
    }

    /** What a pushed script has said last may still be on its way. */
    private void goOnWithoutScript() {
        while (dialog.isLeaving()) {
            takeOne();
        }
    }

    /**
     * A fault of the engine's own, outside the script: it ends this dialog as a failure, and no
     * other. Where even that fails, the memory being used up for one, the stack releases it.
     */
    void broken(Throwable fault) {
        try {
            explained = true;
            tell(new DialogFact.Broken(fault));
            handle(new DialogEvent.Failed("internal fault: " + fault, false));
        } catch (RuntimeException | Error again) {
            link.forget();
            tell(new DialogFact.LetGo(again));
        }
    }

    /** Which dialog it is, as log lines begin. */
    @Override
    public String toString() {
        return identity.toString();
    }

    /** Nothing that happens from now on is handled. */
    void closeMailbox() {
        mailbox.close();
    }

    private ScriptRun scriptRun() {
        return new ScriptRun(
                () -> RequestTable.of(claim.opening(), claim.args()),
                this,
                claim.limits(),
                claim.globals(),
                identity.instanceId(),
                services,
                control);
    }

    private void finish(ScriptOutcome outcome) {
        catchUp();
        switch (outcome) {
            case ScriptOutcome.Returned returned ->
                    handle(
                            new DialogEvent.Returned(
                                    returned.text(), returned.mask(), returned.what()));
            case ScriptOutcome.Failed failed -> {
                ScriptFault fault = failed.fault();
                explained = true;
                tell(
                        new DialogFact.ScriptFailed(
                                fault.place(), fault.text(), fault.luaStack(), fault.cause()));
                if (fault.isKill()) {
                    killed(); // first: whoever gets the end of this dialog may dial again at once
                }
                handle(new DialogEvent.Failed(fault.text(), fault.isScriptsFault()));
            }
        }
    }

    private void killed() {
        ScriptBreaker breaker = claim.breaker();
        tell(new DialogFact.ScriptKilled());
        if (breaker.killed(time.now())) {
            ScriptSettings.Breaker rule = breaker.rule();
            tell(
                    new DialogFact.ScriptSwitchedOff(
                            claim.script().fileName(),
                            claim.script().version(),
                            rule.maxKills(),
                            rule.maxKillsTime(),
                            rule.switchOffTime()));
            time.after(rule.switchOffTime(), breaker::pauseIsOver);
        }
    }

    // ---- on the script's thread: the primitives

    @Override
    public PrimitiveResult menu(String text, ScreenOptions options) {
        return call(new DialogEvent.Menu(text, options));
    }

    @Override
    public PrimitiveResult notify(String text, ScreenOptions options) {
        return call(new DialogEvent.Notify(text, options));
    }

    @Override
    public PrimitiveResult respond(String text, @Nullable String mask) {
        return call(new DialogEvent.Respond(text, mask));
    }

    @Override
    public PrimitiveResult defer(String text, @Nullable String mask) {
        return call(new DialogEvent.Respond(text, mask, true));
    }

    @Override
    public PrimitiveResult decline(int errorCode) {
        return call(new DialogEvent.Decline(errorCode));
    }

    @Override
    public PrimitiveResult close() {
        return call(new DialogEvent.Close());
    }

    @Override
    public PrimitiveResult abort() {
        return call(new DialogEvent.Abort());
    }

    @Override
    public boolean hasWaited() {
        return hasWaited;
    }

    @Override
    public Phase phase() {
        catchUp();
        return Phase.of(claim.setup().kind(), dialog.isOpen());
    }

    @Override
    public String errorMessage() {
        return claim.setup().errorMessage();
    }

    @Override
    public @Nullable String dialledCode() {
        return claim.code();
    }

    @Override
    public FarDialogs farDialogs() {
        FarLegs begun = far;
        if (begun == null) {
            begun =
                    new FarLegs(
                            claim.opening(),
                            claim.setup().menuTimeout(),
                            around.nodes(),
                            time,
                            around.counters(),
                            this::tell,
                            claim.relay(),
                            this::nodeHasEnded);
            far = begun;
        }
        return begun;
    }

    /**
     * The node that the dialog is relayed to has ended it while the subscriber reads: nobody waits
     * for what he answers, as when his time is over. On a network thread.
     */
    private void nodeHasEnded() {
        if (claim.relay() != null) {
            mailbox.post(new DialogEvent.TimerFired(screen));
        }
    }

    @Override
    public void resumes(String instanceId) {
        handle(new DialogEvent.Resumed(instanceId));
    }

    @Override
    public LanguageSources languageSources() {
        return new LanguageSources(
                claim.language(), claim.opening().ussd().language().orElse(null));
    }

    @Override
    public void await(CompletableFuture<?> call, Patience patience) {
        catchUp();
        var _ = call.whenComplete((_, _) -> mailbox.wake());
        Time.Alarm end = null;
        try {
            while (!call.isDone()) {
                Duration left = patience.left();
                if (left != null && end == null) {
                    end = time.after(left.plusMillis(1), mailbox::wake);
                }
                if (claim.relay() != null && far != null && !dialog.isOpen()) {
                    far.end(); // nobody is there any more to read what the node says
                }
                takeOne();
            }
        } finally {
            if (end != null) {
                end.cancel();
            }
        }
    }

    /** Waits for what happens next to the dialog, or for a call outside. */
    private void takeOne() {
        DialogEvent event = mailbox.take();
        if (event != null) {
            handle(event);
        }
    }

    private PrimitiveResult call(DialogEvent.ScriptCall call) {
        settled = null;
        catchUp();
        handle(call);
        hasWaited = settled == null;
        if (settled == null && !dialog.isConfirmed()) {
            awaitBeginning();
        }
        while (settled == null) {
            takeOne();
        }
        return switch (settled) {
            case Settled.Replied(PrimitiveResult result) -> result;
            case Settled.Refusal(String message) -> throw new Refused(message);
            case Settled.Kill(String reason) -> throw new Killed(reason);
        };
    }

    /** A push looks for its subscriber, and tries again: the script's time stands still. */
    private void awaitBeginning() {
        cancelDeadline();
        long since = time.nanos();
        while (settled == null) {
            takeOne();
        }
        long waited = time.nanos() - since;
        control.doesNotCount(Duration.ofNanos(waited));
        timeIsOverAt += waited;
        setDeadline();
    }

    /**
     * The script notices the time by itself only while it computes: a waiting primitive must be
     * woken.
     */
    private void setDeadline() {
        Duration left = Duration.ofNanos(Math.max(0, timeIsOverAt - time.nanos()));
        deadline = time.after(left, () -> stop(claim.limits().timeIsOver(), true));
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel();
        }
    }

    // ---- on the script's thread: events and what they ask for

    /** Takes in what came while the script was busy. */
    private void catchUp() {
        for (DialogEvent event = mailbox.poll(); event != null; event = mailbox.poll()) {
            try {
                handle(event);
            } finally {
                mailbox.done();
            }
        }
    }

    /**
     * An event counts when its message has been sent. If the far side has ended the dialog before
     * that, the stack has reported it before it refuses to send. Then that is handled first, and
     * the event meets the dialog as it is afterwards.
     */
    private void handle(DialogEvent event) {
        while (true) {
            Transition transition = dialog.on(event);
            try {
                send(transition.actions());
                dialog = transition.next();
                transition.actions().forEach(this::perform);
                return;
            } catch (DialogGoneException e) {
                catchUp();
                // What ended it was in the mailbox, nearly always; this event sends nothing, so it
                // ends here.
                if (dialog.isOpen()) {
                    handle(new Incoming.Aborted(Cause.ENGINE, "lost: " + e.getMessage()));
                }
            }
        }
    }

    private void send(List<DialogAction> actions) throws DialogGoneException {
        for (DialogAction action : actions) {
            if (action instanceof DialogAction.Send(Outgoing message)) {
                tell(DialogFact.Sending.of(services.place(), message));
                send(message);
            }
        }
    }

    /**
     * A menu that no link took is one that is not answered: its time runs out, and links may be
     * back by then. What was to end the dialog is different: with it the dialog is lost.
     */
    private void send(Outgoing message) throws DialogGoneException {
        Optional<String> undelivered = link.send(message);
        if (undelivered.isPresent()) {
            tell(new DialogFact.Undelivered(undelivered.get()));
            if (message.isLast()) {
                throw new DialogGoneException(undelivered.get());
            }
        }
    }

    private void perform(DialogAction action) {
        switch (action) {
            case DialogAction.Send sent -> {}
            case DialogAction.Tell(DialogFact fact) -> tell(fact);
            case DialogAction.StartTimer(int waiting, var after) -> {
                screen = waiting;
                alarm = time.after(after, () -> mailbox.post(new DialogEvent.TimerFired(waiting)));
                if (far != null && far.isOneOutOfTurn()) {
                    nodeHasEnded();
                }
            }
            case DialogAction.StopTimer stop -> stopTimer();
            case DialogAction.Reply(PrimitiveResult result) ->
                    settled = new Settled.Replied(result);
            case DialogAction.Refuse(String message) -> settled = new Settled.Refusal(message);
            case DialogAction.Kill(String reason) -> settled = new Settled.Kill(reason);
            case DialogAction.Warn(String text) ->
                    tell(new DialogFact.ScriptWarned(services.place(), text));
            case DialogAction.Then(DialogEvent next) -> handle(next);
            case DialogAction.Finish(var outcome) -> finished(outcome);
        }
    }

    private void finished(Outcome outcome) {
        tell(new DialogFact.Finished(outcome, explained));
        if (outcome instanceof Outcome.Abandoned || outcome instanceof Outcome.Unreached) {
            control.finishWithin(claim.grace());
        }
    }

    private void tell(DialogFact fact) {
        listener.told(identity, time.now(), fact);
        if (fact instanceof DialogFact.FarSideEnded) {
            control.finishWithin(claim.grace());
        }
    }

    private void stopTimer() {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }

    /**
     * The table that a script is called with: what the dialog began with; what is absent is nil
     * there.
     */
    static final class RequestTable {
        private final Map<String, Object> fields = new HashMap<>();

        private RequestTable() {}

        /** {@code args}: a JSON object that the script is given; null: none. */
        static Map<String, Object> of(Opening opening, @Nullable String args) {
            RequestTable table = new RequestTable();
            boolean pushed = opening.kind() == DialogKind.PUSHED;
            table.put("text", pushed && opening.text().isEmpty() ? null : text(opening));
            table.put("push_id", opening.pushId());
            table.put("args", args == null ? null : new ScriptRun.Json(args));
            table.put("dcs", opening.ussd().dcs().octet());
            table.put("imsi", opening.imsi());
            table.put("local_tid", pushed ? null : opening.localTid());
            table.put("remote_tid", pushed ? null : opening.remoteTid());
            table.address("msisdn", opening.msisdn());
            table.address("destination", opening.destination());
            table.address("origination", opening.origination());
            table.party("local", opening.local());
            table.party("remote", opening.remote());
            return table.fields;
        }

        private static Object text(Opening opening) {
            String mask = opening.mask();
            return mask == null ? opening.text() : new ScriptRun.Secret(opening.text(), mask);
        }

        private void address(String name, @Nullable Address address) {
            if (address != null) {
                put(name, address.digits());
                put(name + "_noa", address.noa());
                put(name + "_npi", address.npi());
            }
        }

        private void party(String name, Party party) {
            put(name + "_pc", party.pointCode());
            put(name + "_ssn", party.ssn());
            put(name + "_gt", party.globalTitle());
        }

        private void put(String name, @Nullable Object value) {
            if (value != null) {
                fields.put(name, value);
            }
        }
    }
}
