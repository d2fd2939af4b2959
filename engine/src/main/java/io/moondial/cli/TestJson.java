package io.moondial.cli;

import io.moondial.dialogtest.report.FailureText;
import io.moondial.dialogtest.report.Paint;
import io.moondial.dialogtest.run.Failure;
import io.moondial.dialogtest.run.TestResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Results as JSON, an object a line for every test. */
final class TestJson {
    private final JsonMapper json = new JsonMapper();

    private TestJson() {}

    static void print(List<TestResult> results, PrintWriter out) {
        TestJson printer = new TestJson();
        results.forEach(result -> out.println(printer.line(result)));
    }

    private String line(TestResult result) {
        ObjectNode object = json.createObjectNode();
        object.put("file", result.test().file().name());
        object.put("line", result.test().at().first());
        object.put("name", result.test().name());
        object.put("status", result.status().name().toLowerCase(Locale.ROOT));
        if (!result.test().tags().isEmpty()) {
            ArrayNode tags = object.putArray("tags");
            result.test().tags().forEach(tags::add);
        }
        if (result.reason() != null) {
            object.put("reason", result.reason());
        }
        if (!result.status().isGood()) {
            ArrayNode failures = object.putArray("failures");
            result.failures().forEach(failure -> add(failures, failure));
            object.put("text", FailureText.of(result, Paint.PLAIN));
        }
        return json.writeValueAsString(object);
    }

    private static void add(ArrayNode failures, Failure failure) {
        ObjectNode object = failures.addObject();
        object.put("line", failure.at().first());
        object.put("message", failure.message());
        if (!failure.place().isEmpty()) {
            object.put("script", failure.place());
        }
        switch (failure.detail()) {
            case Failure.Detail.Texts(String expected, String actual) -> {
                object.put("expected", expected);
                object.put("actual", actual);
            }
            case Failure.Detail.Regex(String expected, String actual) -> {
                object.put("expected_regex", expected);
                object.put("actual", actual);
            }
            case Failure.Detail.Remarks(List<String> lines) -> {
                if (!lines.isEmpty()) {
                    ArrayNode remarks = object.putArray("remarks");
                    lines.forEach(remarks::add);
                }
            }
        }
    }
}
