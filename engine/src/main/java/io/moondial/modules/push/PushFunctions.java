package io.moondial.modules.push;

import io.moondial.modules.json.Json;
import io.moondial.modules.push.PushWait.Ended;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaString;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
                "Pushes a text, a menu or a script to another subscriber, and waits until that has come to its end; only this script waits. A script that ends before, at max_time for one, withdraws the push, if nothing of it was sent. To order a push and go on at once: push.send. What becomes of a push is in [push.md](push.md).",
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
                                        this::push));
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
