package io.moondial.cli.push;

import io.moondial.text.LogText;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Prints reports of pushes. */
final class PushPrinter {
    private final PrintWriter out;
    private final DateTimeFormatter times;
    private final boolean json;

    /**
     * Prints them there.
     *
     * @param zone in which times are shown
     * @param json whether programs read it
     */
    PushPrinter(PrintWriter out, ZoneId zone, boolean json) {
        this.out = out;
        this.json = json;
        times = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ssXXX", Locale.ROOT).withZone(zone);
    }

    /** One on a line. */
    void line(JsonNode report) {
        if (json) {
            out.println(report);
        } else {
            out.println(
                    "%s  %-15s %-12s %-9s %s"
                            .formatted(
                                    text(report, "push_id"),
                                    text(report, "msisdn"),
                                    text(report, "what"),
                                    text(report, "state"),
                                    remark(report))
                            .stripTrailing());
        }
        out.flush();
    }

    /** Those of a page, and whether there are more. */
    void list(JsonNode page) {
        page.path("pushes").forEach(this::line);
        if (!json && page.path("more").asBoolean(false)) {
            out.println("there are older ones that match: --limit N lists up to 500");
        }
        out.flush();
    }

    /** One with all that is known of it. */
    void whole(JsonNode report) {
        if (json) {
            out.println(report);
        } else {
            row("push", text(report, "push_id"));
            row("state", (text(report, "state") + " " + remark(report)).strip());
            row("msisdn", text(report, "msisdn"));
            row("what", text(report, "what") + ", " + text(report, "priority") + " priority");
            row("ordered", time(report, "accepted") + " by " + text(report, "by"));
            row("changed", time(report, "changed"));
            row("expires", time(report, "expires"));
            row("attempts", text(report, "attempts"));
            if (report.has("answer")) {
                row("answer", text(report, "answer"));
            }
            if (report.has("instance_id")) {
                row("dialog", text(report, "instance_id"));
            }
            if (text(report, "reason").equals("script") && report.has("instance_id")) {
                row("next", "ussd dialogs " + text(report, "instance_id") + " says why");
            }
        }
        out.flush();
    }

    private void row(String name, String value) {
        out.printf("%-10s %s%n", name, value);
    }

    /** Why it is so, and what comes next. */
    private String remark(JsonNode report) {
        StringBuilder remark = new StringBuilder();
        if (report.has("reason")) {
            remark.append(text(report, "reason"));
            if (report.has("error_code")) {
                remark.append(" (MAP error ").append(text(report, "error_code")).append(')');
            }
        }
        if (report.has("held")) {
            remark.append(remark.isEmpty() ? "" : ", ")
                    .append("none begins now: ")
                    .append(text(report, "held"));
        }
        if (report.has("next_attempt")) {
            remark.append(remark.isEmpty() ? "" : ", ")
                    .append("again at ")
                    .append(time(report, "next_attempt"));
        }
        if (report.has("answer")) {
            remark.append(remark.isEmpty() ? "" : ", ")
                    .append("answer ")
                    .append(text(report, "answer"));
        }
        return remark.toString();
    }

    private String time(JsonNode report, String name) {
        String text = text(report, name);
        try {
            return times.format(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return text; // of another release
        }
    }

    /** A value, without what could steer a terminal: subscribers choose answers. */
    private static String text(JsonNode report, String name) {
        return LogText.of(report.path(name).asString("-"));
    }
}
