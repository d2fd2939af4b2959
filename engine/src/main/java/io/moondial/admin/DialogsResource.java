package io.moondial.admin;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogKind;
import io.moondial.edr.Edr;
import io.moondial.history.DialogHistory;
import io.moondial.history.DialogHistory.Follower;
import io.moondial.history.DialogHistory.Page;
import io.moondial.history.History;
import io.moondial.history.KeptDialog;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/dialogs}: dialogs that run and that ended last, and each as a history. A viewer sees
 * no subscriber's number, and cannot ask for one either.
 */
public final class DialogsResource implements Resource, EventSource {
    private static final String DIALOGS = "dialogs";
    private static final String RECORDS = "records";
    private static final String ENTRIES = "entries";
    private static final String OPEN = "open";
    private static final List<String> OUTCOMES =
            List.of(
                    OPEN,
                    "responded",
                    "declined",
                    "acknowledged",
                    "closed",
                    "aborted",
                    "abandoned",
                    "failed");

    /** The fields of records that hold a number, however short it is. */
    private static final Pattern NUMBER = Pattern.compile("[0-9*#a-cA-C]+(:\\d+:\\d+)?");

    private static final Set<String> NUMBERS = Set.of("MSISDN", "IMSI", "DREF", "OREF");

    /** Microseconds. */
    private static final double A_MILLI = 1_000;

    private static final int MOST = 500;
    private static final int USUAL = 50;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final DialogHistory history;

    public DialogsResource(DialogHistory history) {
        this.history = history;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/v1/dialogs", Role.VIEWER, this::page);
        routes.get("/v1/dialogs/{instance_id}", Role.VIEWER, this::dialog);
        routes.get("/v1/dialogs/{instance_id}/test", Role.OPERATOR, this::test);
    }

    // ---- the routes

    private Answer page(Call call) throws Refusal {
        call.allow("msisdn", "code", "script", "outcome", "limit", "before");
        Caller caller = call.caller();
        String msisdn = call.number("msisdn");
        String outcome = call.query("outcome");
        if (outcome != null && !OUTCOMES.contains(outcome)) {
            throw Refusal.badRequest(
                    "outcome is '%s'; allowed are %s"
                            .formatted(outcome, String.join(", ", OUTCOMES)));
        }
        String code = call.query("code");
        String script = call.query("script");
        String before = call.query("before");
        int limit = call.query("limit", USUAL, 1, MOST);
        Page page =
                history.page(
                                dialog ->
                                        begins(number(dialog), msisdn)
                                                && begins(code(dialog, caller), code)
                                                && is(dialog.identity().script(), script)
                                                && is(outcome(dialog), outcome),
                                before,
                                limit)
                        .orElseThrow(
                                () ->
                                        Refusal.badRequest(
                                                "before is '%s'; allowed is an instance id, such as that of the last dialog of a page"
                                                        .formatted(before)));
        ObjectNode answer = JSON.objectNode();
        ArrayNode dialogs = answer.putArray("dialogs");
        page.dialogs().forEach(it -> dialogs.add(summary(it, caller)));
        return Answer.json(answer.put("more", page.more()).put("kept", history.kept()));
    }

    private static boolean begins(@Nullable String text, @Nullable String wanted) {
        return wanted == null || (text != null && text.startsWith(wanted));
    }

    private static boolean is(String text, @Nullable String wanted) {
        return wanted == null || text.equals(wanted);
    }

    private Answer dialog(Call call) throws Refusal {
        call.allow();
        History whole = find(call.path("instance_id")).history();
        ObjectNode answer = JSON.objectNode();
        answer.set("dialog", summary(whole.dialog(), call.caller()));
        ArrayNode entries = answer.putArray("entries");
        whole.entries().forEach(it -> entries.add(entry(it, call.caller())));
        return Answer.json(answer.put("left_out", whole.leftOut()));
    }

    private Answer test(Call call) throws Refusal {
        call.allow();
        History whole = find(call.path("instance_id")).history();
        if (whole.dialog().outcome() == null) {
            throw Refusal.conflict("the dialog runs still: ask again when it has ended");
        }
        if (whole.leftOut() > 0) {
            throw Refusal.conflict(
                    "%d things that happened in the dialog were not kept, so there is no test of it (admin: history: max_memory, max_dialog_memory)"
                            .formatted(whole.leftOut()));
        }
        return Answer.text("text/plain", whole.test());
    }

    private KeptDialog find(String instanceId) throws Refusal {
        return history.find(instanceId).orElseThrow(() -> notKept(instanceId));
    }

    private Refusal notKept(String instanceId) {
        return Refusal.notFound(
                "no dialog %1$s is kept: the last %2$d that have ended are, and those that run (admin: history); its records are found at /v1/edrs?instance_id=%1$s, and by ussd edr --instance %1$s FOLDER (edr: directory)"
                        .formatted(instanceId, history.kept()));
    }

    // ---- news

    @Override
    public Set<String> topics() {
        return Set.of(DIALOGS, RECORDS, ENTRIES);
    }

    @Override
    public Following follow(Wish wish, Listener listener) throws Refusal {
        DialogHistory.Following following =
                history.follow(
                        switch (wish.topic()) {
                            case DIALOGS -> summaries(wish.caller(), listener);
                            case RECORDS -> records(wish.caller(), wish.stream(), listener);
                            default -> entries(wish, listener);
                        });
        return following::close;
    }

    /** A dialog that begins, goes on or ends. */
    private static Follower summaries(Caller caller, Listener listener) {
        return (dialog, at, fact) -> {
            switch (fact) {
                case DialogFact.Begun begun -> tell(dialog, caller, listener);
                case DialogFact.Answered answered -> tell(dialog, caller, listener);
                case DialogFact.Acknowledged acknowledged -> tell(dialog, caller, listener);
                case DialogFact.Finished finished -> tell(dialog, caller, listener);
                case DialogFact.LetGo letGo -> tell(dialog, caller, listener);
                default -> {}
            }
        };
    }

    private static void tell(KeptDialog dialog, Caller caller, Listener listener) {
        listener.tell("dialog", () -> summary(dialog, caller));
    }

    private static Follower records(Caller caller, @Nullable String wanted, Listener listener) {
        return (dialog, at, fact) -> {
            DialogIdentity identity = dialog.identity();
            String stream = DialogRecords.stream(identity, fact);
            if (DialogRecords.isRecorded(identity.opening().kind(), fact) && is(stream, wanted)) {
                listener.tell(
                        "record",
                        () ->
                                record(
                                        stream,
                                        requireNonNull(DialogRecords.record(identity, at, fact)),
                                        caller));
            }
        };
    }

    /**
     * What happens from now on in these dialogs, each of which must be kept. The thread of a dialog
     * only says that there is more; what that is is made by the thread of the caller, which has
     * told all that came before.
     */
    private Follower entries(Wish wish, Listener listener) throws Refusal {
        Map<KeptDialog, AtomicInteger> wanted = new HashMap<>();
        for (String instanceId : wish.instanceIds()) {
            KeptDialog dialog = find(instanceId);
            wanted.put(dialog, new AtomicInteger(dialog.history().entries().size()));
        }
        return (dialog, at, fact) -> {
            AtomicInteger told = wanted.get(dialog);
            if (told != null) {
                listener.tellAll("entry", () -> since(told, dialog, wish.caller()));
            }
        };
    }

    private static List<JsonNode> since(AtomicInteger told, KeptDialog dialog, Caller caller) {
        List<History.Entry> all = dialog.history().entries();
        int from = told.getAndSet(all.size());
        List<JsonNode> fresh = new ArrayList<>();
        all.subList(Math.min(from, all.size()), all.size())
                .forEach(
                        it ->
                                fresh.add(
                                        entry(it, caller)
                                                .put(
                                                        "instance_id",
                                                        dialog.identity().instanceId())));
        return fresh;
    }

    // ---- what callers see

    static ObjectNode summary(KeptDialog dialog, Caller caller) {
        Opening opening = dialog.identity().opening();
        Outcome outcome = dialog.outcome(); // read once: the dialog may end meanwhile
        Instant ended = outcome == null ? null : dialog.ended();
        KeptDialog.Progress progress = dialog.progress();
        ObjectNode json = JSON.objectNode();
        json.put("instance_id", dialog.identity().instanceId());
        json.put("began", dialog.began().toString());
        if (ended != null) {
            json.put("ended", ended.toString());
            json.put("took_ms", Duration.between(dialog.began(), ended).toMillis());
        }
        json.put("changed", (ended == null ? progress.answered() : ended).toString());
        json.put("kind", kind(opening.kind()));
        json.put("service", opening.kind().section());
        json.put("script", dialog.identity().script());
        json.put("version", dialog.identity().version());
        json.put("code", code(dialog, caller));
        put(json, "push_id", opening.pushId());
        json.put("msisdn", masked(number(dialog), caller));
        json.put("imsi", masked(opening.imsi(), caller));
        if (opening.local().ssn() != null) {
            json.put("ssn", opening.local().ssn());
        }
        json.put("outcome", word(outcome));
        if (outcome instanceof Outcome.Failed(String exception)) {
            json.put("error", caller.text(exception));
        }
        return json.put("turns", progress.turns());
    }

    /** In the words of the interface. */
    private static String kind(DialogKind kind) {
        return switch (kind) {
            case DIALLED, PUSHED -> kind.word();
            case NOTIFIED -> "notify";
        };
    }

    private static @Nullable String number(KeptDialog dialog) {
        Address msisdn = dialog.identity().opening().msisdn();
        return msisdn == null ? null : msisdn.digits();
    }

    private static @Nullable String masked(@Nullable String digits, Caller caller) {
        return digits == null ? null : caller.number(digits);
    }

    /** As the caller sees it: who cannot see a number in it cannot search for it either. */
    private static String code(KeptDialog dialog, Caller caller) {
        return caller.text(dialog.identity().opening().written());
    }

    private static String outcome(KeptDialog dialog) {
        return word(dialog.outcome());
    }

    private static String word(@Nullable Outcome outcome) {
        return outcome == null ? OPEN : outcome.word();
    }

    static ObjectNode entry(History.Entry entry, Caller caller) {
        ObjectNode json = JSON.objectNode();
        json.put("at", entry.at().toString());
        json.put("kind", word(entry.kind()));
        put(json, "screen", entry.screen());
        String text = entry.text();
        put(json, "text", text == null ? null : caller.text(text));
        if (entry.secret()) {
            json.put("secret", true);
        }
        String place = entry.place();
        put(json, "place", place == null ? null : caller.text(place));
        Duration took = entry.took();
        if (took != null) {
            json.put("took_ms", TimeUnit.NANOSECONDS.toMicros(took.toNanos()) / A_MILLI);
        }
        put(json, "called", entry.called());
        put(json, "outcome", entry.outcome());
        put(json, "level", entry.level() == null ? null : word(entry.level()));
        Edr record = entry.record();
        if (record != null) {
            put(json, "stream", entry.stream());
            json.put("event", record.event());
            json.set("fields", fields(record, caller));
        }
        return json;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** The fields of a record; those that hold numbers are masked for viewers. */
    static ObjectNode fields(Edr record, Caller caller) {
        ObjectNode json = JSON.objectNode();
        for (Edr.Field field : record.fields()) {
            json.put(
                    field.name(),
                    NUMBERS.contains(field.name())
                            ? numbers(field.text(), caller)
                            : caller.text(field.text()));
        }
        return json;
    }

    /**
     * Numbers as a record has them: {@code digits:noa:npi}, or digits; with commas between, if a
     * script has written several. What is neither is masked as a whole.
     */
    private static String numbers(String written, Caller caller) {
        return caller.role().mayDo(Role.OPERATOR)
                ? written
                : Stream.of(written.split(",", -1))
                        .map(it -> number(it, caller))
                        .collect(joining(","));
    }

    private static String number(String written, Caller caller) {
        if (!NUMBER.matcher(written).matches()) {
            return "*".repeat(written.length());
        }
        int colon = written.indexOf(':');
        return colon < 0
                ? caller.number(written)
                : caller.number(written.substring(0, colon)) + written.substring(colon);
    }

    /** A record as an answer has it. */
    static ObjectNode record(String stream, Edr record, Caller caller) {
        ObjectNode json = JSON.objectNode();
        json.put("stream", stream);
        json.put("at", record.at().toString());
        json.put("event", record.event());
        json.put("instance_id", record.instanceId());
        json.set("fields", fields(record, caller));
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
