package io.moondial.modules.push;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;

import io.moondial.modules.json.Json;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.Pushes;
import io.moondial.push.Pushes.Submission;
import io.moondial.push.Pushes.Why;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiFunction.OptionUse;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaTable;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The module {@code push}. */
public final class PushModule {
    static final String NAME = "push";
    static final String SEND = "send";
    private static final String ID = "what push.send gave";
    static final String UNAVAILABLE = "unavailable";
    private static final String NOT_FOUND = "not_found";
    private static final String OTHER_OWNER = "other_owner";

    private static final String REFUSED =
            "nil, why, and a sentence for the log; why is `full` (as many wait as may), `conflict` (the idempotency_key was used for another order), `unavailable` (the store does not answer: whether the push is kept is not known), or `stopping` (the engine stops)";

    private final Json json;

    private PushModule(Json json) {
        this.json = json;
    }

    /** Makes the module. */
    public static ApiModule create(Json json) {
        return new PushModule(json).describe();
    }

    private ApiModule describe() {
        return ApiModule.of(
                        NAME,
                        "Dialogs that begin in the network: a text, a menu or a script for a subscriber who has not dialled."
                                + " The rules say how he is reached (`push`); without that section there are no pushes."
                                + " What becomes of a push, and when it is tried again, is in [push.md](push.md). `ussd.push` waits for the outcome, these functions do not.")
                .backedBy(new PushBackend())
                .function(
                        SEND,
                        "Orders a push and gives its id at once, when it is kept: a kill of the engine does not lose it.",
                        f ->
                                takesOrder(f)
                                        .returns("the id, a text; or " + REFUSED)
                                        .raises(PushOptions.RAISED)
                                        .effect(Effect.CHANGE)
                                        .knownByKey()
                                        .waits()
                                        .does(
                                                """
                                                local id, why, detail = push.send{msisdn = "27829000001", text = "You have received 50.00",
                                                  idempotency_key = INSTANCE_ID}
                                                if not id then log.info("the recipient is not told: %s", detail) end\
                                                """,
                                                this::send))
                .function(
                        "status",
                        "Says how a push is now.",
                        f ->
                                f.takes("id", STRING, ID)
                                        .returns(
                                                "a table: id, msisdn, what (`notify`, `menu` or the key of its script), priority, by (who ordered it), state, attempts, accepted, expires and changed (seconds, as os.time gives them);"
                                                        + " and, where there is one, next_attempt, error_code (the MAP error of the last attempt), reason (why it or its last attempt has failed), answer (to its first menu, as records show it) and instance_id (of its dialog)."
                                                        + " Or nil, why and a sentence: why is `not_found` (no push has this id, or it ended longer ago than `push: keep`) or `unavailable`")
                                        .raises("the id is a secret answer")
                                        .effect(Effect.READ)
                                        .waits()
                                        .does(
                                                """
                                                local now = push.status("no-such-push")
                                                if now and now.state == "completed" then log.info("told") end\
                                                """,
                                                PushModule::status))
                .function(
                        "cancel",
                        "Withdraws a push that waits for its turn, or for another attempt. It is too late while what begins its dialog is on its way, and once that was answered. After an attempt that ended with `no_answer` the subscriber may have seen it all the same.",
                        f ->
                                f.takes("id", STRING, ID)
                                        .returns(
                                                "true if it is withdrawn; false if it was too late; or nil, why and a sentence: why is `other_owner` (it is one of another engine that shares the store, and only that one can withdraw it: `push: owner`), or one of those of push.status")
                                        .raises("the id is a secret answer")
                                        .effect(Effect.CHANGE)
                                        .waits()
                                        .does(
                                                "local withdrawn, why = push.cancel(\"no-such-push\")",
                                                PushModule::cancel))
                .build();
    }

    /** The table of an order, and what {@code check} finds in it. */
    static ApiFunction.Builder takesOrder(ApiFunction.Builder f) {
        return f.takes("order", TABLE, PushOptions.DESCRIPTION)
                .withFields(PushOptions.KINDS)
                .uses(new OptionUse(PushOptions.SCRIPT_KEY, NAME, SEND, null))
                .uses(new OptionUse(PushOptions.EXPIRES, NAME, SEND, null))
                .uses(new OptionUse(PushOptions.CALLBACK, NAME, SEND, null));
    }

    // ---- send

    private @Nullable Object[] send(Arguments a, HostCall call) {
        PushOrder order = PushOptions.read(a, json, call);
        Pushes pushes = call.backend(Pushes.class);
        Submission submission =
                call.await("push.send", () -> pushes.submit(order), PushModule::outcome);
        return switch (submission) {
            case Submission.Accepted accepted ->
                    Lua.values(a.state().newString(accepted.report().id()));
            case Submission.Refused refused -> refused(a, refused);
        };
    }

    static String outcome(Submission submission) {
        return switch (submission) {
            case Submission.Accepted(PushReport _, boolean again) -> again ? "again" : "accepted";
            case Submission.Refused(Why why, String _) -> word(why);
        };
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * What a script gets for an order that is not accepted.
     *
     * @throws LuaError if the order itself is wrong
     */
    static @Nullable Object[] refused(Arguments a, Submission.Refused refused) {
        return switch (refused.why()) {
            case CONFLICT, FULL, UNAVAILABLE, STOPPING ->
                    Lua.values(
                            null,
                            Lua.text(word(refused.why())),
                            a.state().newString(refused.detail()));
            case OFF, NUMBER, TEXT, SCRIPT, EXPIRES, ORDER ->
                    throw new LuaError(a.function() + ": " + refused.detail());
        };
    }

    // ---- status and cancel

    /** What is known of a push. */
    private sealed interface Known {
        record Found(PushReport report) implements Known {}

        record NotFound() implements Known {}

        /** It cannot be said, or not be done; {@code why} is one word. */
        record Unavailable(String why, String detail) implements Known {}
    }

    private static CompletableFuture<Known> known(CompletableFuture<Optional<PushReport>> asked) {
        return asked.handle(
                (report, failure) -> {
                    if (failure == null) {
                        return report.<Known>map(Known.Found::new).orElseGet(Known.NotFound::new);
                    }
                    return new Known.Unavailable(
                            PushWait.cause(failure) instanceof Pushes.OwnerException
                                    ? OTHER_OWNER
                                    : UNAVAILABLE,
                            PushWait.detail(failure));
                });
    }

    private static @Nullable Object[] status(Arguments a, HostCall call) {
        String id = a.openText(1, "id");
        Pushes pushes = call.backend(Pushes.class);
        Known known =
                call.await(
                        "push.status",
                        () -> known(pushes.find(id)),
                        it ->
                                switch (it) {
                                    case Known.Found _ -> "found";
                                    case Known.NotFound _ -> NOT_FOUND;
                                    case Known.Unavailable(String why, String _) -> why;
                                });
        return switch (known) {
            case Known.Found(PushReport report) -> Lua.values(table(a.state(), report));
            case Known.NotFound _ -> notFound(a, id);
            case Known.Unavailable(String why, String detail) -> unavailable(a, why, detail);
        };
    }

    private static @Nullable Object[] cancel(Arguments a, HostCall call) {
        String id = a.openText(1, "id");
        Pushes pushes = call.backend(Pushes.class);
        Known known =
                call.await(
                        "push.cancel",
                        () -> known(pushes.cancel(id)),
                        it ->
                                switch (it) {
                                    case Known.Found(PushReport report) ->
                                            isCancelled(report) ? "cancelled" : "too_late";
                                    case Known.NotFound _ -> NOT_FOUND;
                                    case Known.Unavailable(String why, String _) -> why;
                                });
        return switch (known) {
            case Known.Found(PushReport report) -> Lua.values(isCancelled(report));
            case Known.NotFound _ -> notFound(a, id);
            case Known.Unavailable(String why, String detail) -> unavailable(a, why, detail);
        };
    }

    private static boolean isCancelled(PushReport report) {
        return report.state() == PushReport.State.CANCELLED;
    }

    private static @Nullable Object[] notFound(Arguments a, String id) {
        return Lua.values(
                null,
                Lua.text(NOT_FOUND),
                a.state().newString("no push has the id " + id + ", or it is not kept any more"));
    }

    private static @Nullable Object[] unavailable(Arguments a, String why, String detail) {
        return Lua.values(null, Lua.text(why), a.state().newString(detail));
    }

    private static LuaTable table(LuaState state, PushReport report) {
        LuaTable table = state.newTable();
        put(state, table, "id", report.id());
        put(state, table, "msisdn", report.msisdn());
        put(state, table, "what", report.what());
        put(state, table, "priority", report.priority().word());
        put(state, table, "by", report.by());
        put(state, table, "state", report.state().word());
        put(state, table, "accepted", report.accepted());
        put(state, table, "expires", report.expires());
        put(state, table, "changed", report.changed());
        put(state, table, "attempts", report.attempts());
        put(state, table, "next_attempt", report.nextAttempt());
        put(state, table, "error_code", report.errorCode());
        put(state, table, "reason", report.reason() == null ? null : report.reason().word());
        put(state, table, "answer", report.answer());
        put(state, table, "instance_id", report.instanceId());
        return table;
    }

    private static void put(LuaState state, LuaTable table, String name, @Nullable Object value) {
        Object written =
                switch (value) {
                    case null -> null;
                    case Instant instant -> Lua.number((double) instant.getEpochSecond());
                    case Integer number -> Lua.number(number);
                    case String text -> state.newString(text);
                    default -> throw new IllegalArgumentException(name + ": " + value.getClass());
                };
        if (written != null) {
            table.set(state.newString(name), written);
        }
    }
}
