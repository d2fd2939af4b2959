package io.moondial.admin;

import io.moondial.config.ChangedSettings.Setting;
import io.moondial.dialog.DialogKind;
import io.moondial.problem.Problem;
import io.moondial.rules.TriggerAnswer;
import io.moondial.rules.TriggerRequest;
import io.moondial.rules.TriggerTable;
import io.moondial.rules.Triggers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/rules}: the rules in force, and who answers a request. */
public final class RulesResource implements Resource {
    /** Of a longer list of triggers only so many are told; the others are counted. */
    private static final int MAX_TRIGGERS = 200;

    /** The longest USSD string in any alphabet: 160 octets of 7-bit characters. */
    private static final int MAX_TEXT = 182;

    private static final int MAX_SSN = 255;

    private final Supplier<RulesInForce> rules;

    /** The rules of an engine at one moment. */
    public interface RulesInForce {
        /** As the person named it. */
        Path file();

        /** The effective configuration. */
        String text();

        /** Each key that has a value. */
        List<Setting> settings();

        /** The changes that a restart brings into force. */
        List<String> waiting();

        /** What is wrong, or may be, in what is on the disk. */
        List<Problem> problems();

        /** The triggers of the service of such dialogs; null: there is none. */
        @Nullable TriggerTable triggers(DialogKind kind);
    }

    /**
     * The resource.
     *
     * @param rules gives those that are in force when it is asked; from any thread
     */
    public RulesResource(Supplier<RulesInForce> rules) {
        this.rules = rules;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/v1/rules", Role.VIEWER, this::inForce);
        routes.get("/v1/rules/answer", Role.VIEWER, this::whoAnswers);
    }

    private Answer inForce(Call call) throws Refusal {
        call.allow();
        RulesInForce now = rules.get();
        ObjectNode json = call.json().createObjectNode();
        json.put("file", now.file().toString());
        json.put("text", now.text());
        ArrayNode settings = json.putArray("settings");
        for (Setting setting : now.settings()) {
            settings.addObject()
                    .put("key", setting.key())
                    .put("value", setting.value())
                    .put("default", setting.unset())
                    .put("differs", setting.differs());
        }
        ArrayNode waiting = json.putArray("waiting");
        now.waiting().forEach(waiting::add);
        json.set("problems", problems(call.json(), now.problems()));
        return Answer.json(json);
    }

    /** Problems as every answer has them. */
    static ArrayNode problems(JsonMapper mapper, List<Problem> problems) {
        ArrayNode array = mapper.createArrayNode();
        for (Problem problem : problems) {
            array.addObject()
                    .put("file", problem.file().toString())
                    .put("line", problem.line())
                    .put("column", problem.column())
                    .put("severity", problem.isWarning() ? "warning" : "error")
                    .put("text", problem.message());
        }
        return array;
    }

    private Answer whoAnswers(Call call) throws Refusal {
        call.allow(
                "code",
                "notify",
                "msisdn",
                "imsi",
                "destination",
                "origination",
                "source_gt",
                "ssn");
        String code = call.query("code");
        String pushed = call.query("notify");
        if ((code == null) == (pushed == null)) {
            throw Refusal.badRequest(
                    "give either code, such as *100#, or notify, the text of a notify");
        }
        DialogKind kind = code == null ? DialogKind.NOTIFIED : DialogKind.DIALLED;
        TriggerRequest request = request(call, code == null ? String.valueOf(pushed) : code);
        TriggerTable table = rules.get().triggers(kind);
        TriggerAnswer answer =
                TriggerAnswer.of(
                        table == null ? new TriggerTable(List.of()) : table, request, MAX_TRIGGERS);
        return Answer.json(json(call.json(), kind, answer));
    }

    private static TriggerRequest request(Call call, String text) throws Refusal {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw Refusal.badRequest(
                    "the text has %d characters; allowed are 1 to %d"
                            .formatted(text.length(), MAX_TEXT));
        }
        String imsi = call.digits("imsi");
        String destination = call.digits("destination");
        if (imsi != null && destination != null) {
            throw Refusal.badRequest(
                    "imsi and destination are the same reference: give one of them");
        }
        int ssn = call.query("ssn", -1, 0, MAX_SSN);
        return new TriggerRequest(
                text,
                imsi == null ? destination : imsi,
                call.digits("origination"),
                call.digits("msisdn"),
                imsi,
                call.digits("source_gt"),
                ssn < 0 ? null : (Integer) ssn);
    }

    private static ObjectNode json(JsonMapper mapper, DialogKind kind, TriggerAnswer answer) {
        ObjectNode json = mapper.createObjectNode();
        json.put("service", kind.section());
        var found = answer.answers();
        json.put("script", found == null ? null : found.script());
        json.put("line", found == null ? null : (Integer) found.line());
        ArrayNode triggers = json.putArray("triggers");
        for (TriggerAnswer.Judged judged : answer.triggers()) {
            triggers.addObject()
                    .put("line", judged.trigger().line())
                    .put("text", Triggers.written(judged.trigger()))
                    .put("verdict", judged.verdict().name().toLowerCase(Locale.ROOT))
                    .put("why", judged.why());
        }
        json.put("left_out", answer.leftOut());
        return json;
    }
}
