package io.moondial.modules.push;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;

import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.modules.json.Json;
import io.moondial.modules.push.PushWait.Ended;
import io.moondial.push.PushOrder;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes;
import io.moondial.push.Pushes.Submission;
import io.moondial.push.Pushes.Why;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.HostCall.Afterwards;
import io.moondial.script.api.Phase;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** What the module {@code ussd} has of pushes. */
public final class PushFunctions {
    private static final String IN_DIALOG = "in_dialog";
    private static final LuaString MSISDN = LuaString.of("msisdn");

    private final Json json;

    public PushFunctions(Json json) {
        this.json = json;
    }

    /** Adds them. */
    public void addTo(ApiModule.Builder ussd) {
        ussd.function(
                        "push",
                        "Pushes a text, a menu or a script to another subscriber, and waits until that has come to its end; only this script waits. A script that ends before, at max_time for one, withdraws the push, if it waits for its turn or for another attempt. To order a push and go on at once: push.send. What becomes of a push is in [push.md](push.md).",
                        f ->
                                PushModule.takesOrder(f)
                                        .calls(PushModule.NAME, PushModule.SEND)
                                        .returns(
                                                "of a menu the answer; of a notify or a script true; or nil, why, and a sentence for the log. Why it has failed is one of "
                                                        + reasons()
                                                        + "; why it has not begun is `expired`, `cancelled`, or "
                                                        + IN_DIALOG
                                                        + " (he is the subscriber of this dialog, who has to end it first: ussd.defer, or push.send); `unknown` is a push that may have been sent when an engine was killed; why it is not accepted is `full`, `conflict`, `unavailable` or `stopping`, as of push.send")
                                        .raises(PushOptions.RAISED)
                                        .effect(Effect.CHANGE)
                                        .knownByKey()
                                        .waits()
                                        .does(
                                                """
                                        local answer, why, detail = ussd.push{msisdn = "27829000002", kind = "menu",
                                          text = "27761485722 asks for 50.00.\\n1. Send\\n2. Refuse"}
                                        if not answer then log.info("not asked: %s", detail) end\
                                        """,
                                                this::push))
                .function(
                        "defer",
                        "Ends the dialog with a text, such as \"We will tell you\", and lets the script go on, as long as max_time allows. What the script returns is pushed to the subscriber as a notify; if it returns no text, nothing is. If the script fails, or its time is over, the error_message of the rules is pushed.",
                        f ->
                                f.takes("text", STRING, "what the handset shows")
                                        .calls(PushModule.NAME, PushModule.SEND)
                                        .returns(
                                                "true; or nil and \"abandon\": the far side has ended the dialog, or no link leads to it any more. Then nothing is pushed: the script is in the same place as after any other primitive")
                                        .raises(
                                                "the text is empty or does not fit, the request has no msisdn, the rules have no section push, a primitive has already ended the dialog, or this kind of dialog has no such primitive")
                                        .effect(Effect.SCREEN)
                                        .only(Phase.PROCESS)
                                        .does(
                                                """
                                                ussd.defer("We ask for your statement. You get it in a minute.")
                                                local answer = http.get("billing", "/accounts/{msisdn}", {path = {msisdn = (...).msisdn}, query = {currency = "KES"}})
                                                return answer and "Your balance is " .. answer.json.balance or "No statement today"\
                                                """,
                                                PushFunctions::defer));
    }

    private static @Nullable Object[] defer(Arguments a, HostCall call) {
        String text = a.text(1);
        String mask = a.state().isSecret(a.get(1)) ? a.state().show(a.get(1)) : null;
        Pushes pushes = call.backend(Pushes.class);
        if (!pushes.isOn()) {
            throw new LuaError(a.function() + ": " + PushBackend.OFF);
        }
        if (!(call.request().get(MSISDN) instanceof LuaString msisdn)) {
            throw new LuaError(
                    a.function() + ": the request has no msisdn: nobody is known to push to");
        }
        PrimitiveResult result = call.perform(dialog -> dialog.defer(text, mask));
        if (!(result instanceof PrimitiveResult.Done)) {
            return Lua.values(null, Lua.text("abandon"));
        }
        call.afterwards(new Deferred(a.function(), call, pushes, msisdn.toText()));
        return Lua.values(true);
    }

    /** What a script has to say after its dialog, which is pushed once. */
    private record Deferred(String function, HostCall call, Pushes pushes, String msisdn)
            implements Afterwards {
        @Override
        public void returned(String text, @Nullable String mask) {
            if (mask != null) {
                throw new LuaError(
                        function + ": the script returned a secret answer, which cannot be pushed");
            }
            try {
                var _ = UssdString.encode(text, Dcs.UNSPECIFIED);
            } catch (UnsendableText e) {
                throw new LuaError(
                        function + ": the returned text cannot be pushed: " + e.getMessage());
            }
            Submission submission =
                    call.await("push.send", () -> pushes.submit(order(text)), PushModule::outcome);
            problem(submission).ifPresent(it -> call.log(Level.ERROR, it));
        }

        @Override
        public CompletableFuture<Optional<String>> failed(String errorMessage) {
            return pushes.submit(order(errorMessage)).thenApply(this::problem);
        }

        private PushOrder order(String text) {
            return new PushOrder(
                    msisdn,
                    new PushOrder.Text(Screen.NOTIFY, text),
                    Priority.URGENT, // he waits for it
                    PushOptions.by(call),
                    null,
                    "defer/" + call.instanceId(),
                    false,
                    false,
                    null);
        }

        /** The first text counts: one that comes after it is a script that failed in the end. */
        private Optional<String> problem(Submission submission) {
            return submission instanceof Submission.Refused refused && refused.why() != Why.CONFLICT
                    ? Optional.of(
                            function + ": what was promised is not pushed: " + refused.detail())
                    : Optional.empty();
        }
    }

    private static String reasons() {
        return Arrays.stream(Reason.values())
                .map(it -> "`" + it.word() + "`")
                .collect(Collectors.joining(", "));
    }

    private @Nullable Object[] push(Arguments a, HostCall call) {
        PushOrder order = PushOptions.read(a, json, call);
        if (call.request().get(MSISDN) instanceof LuaString own
                && own.toText().equals(order.msisdn())) {
            return Lua.values(
                    null,
                    Lua.text(IN_DIALOG),
                    a.state()
                            .newString(
                                    order.msisdn()
                                            + " is the subscriber of this dialog: no push begins before it is over, and it would wait for the push; ussd.defer and push.send do not wait"));
        }
        Pushes pushes = call.backend(Pushes.class);
        Ended ended =
                call.await(
                        "push." + what(order),
                        () -> PushWait.of(pushes, order),
                        Ended::word,
                        it -> PushGiven.line(order, it));
        return switch (ended) {
            case Ended.Refused(var refusal) -> PushModule.refused(a, refusal);
            case Ended.NotKnown(String detail) -> failed(a, ended, detail);
            case Ended.Over(PushReport report) ->
                    report.state() == State.COMPLETED
                            ? completed(a, order, report)
                            : failed(a, ended, sentence(report));
        };
    }

    /** As its calls are counted: a word of a closed list. */
    private static String what(PushOrder order) {
        return switch (order.content()) {
            case PushOrder.Text text -> PushModule.word(text.screen());
            case PushOrder.Script _ -> "script";
        };
    }

    private static @Nullable Object[] completed(Arguments a, PushOrder order, PushReport report) {
        String answer = report.answer();
        boolean asked = what(order).equals("menu");
        return asked && answer != null ? Lua.values(a.state().newString(answer)) : Lua.values(true);
    }

    private static @Nullable Object[] failed(Arguments a, Ended ended, String detail) {
        return Lua.values(null, Lua.text(ended.word()), a.state().newString(detail));
    }

    private static String sentence(PushReport report) {
        Integer code = report.errorCode();
        return "the push to %s has ended as %s%s%s, after %d %s"
                .formatted(
                        report.msisdn(),
                        report.state().word(),
                        report.reason() == null ? "" : ": " + report.reason().word(),
                        code == null ? "" : " (MAP error " + code + ")",
                        report.attempts(),
                        report.attempts() == 1 ? "attempt" : "attempts");
    }
}
