package io.moondial.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import io.moondial.channel.DialogTids;
import io.moondial.logic.DialogIdentity;
import io.moondial.text.LogText;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Log lines as JSON (RFC 8259): one object, and so one line, each. Its text is that of the other
 * format, without the identity of the dialog, which has fields of its own.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    /** RFC 3339, section 5.6. */
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /** What a line may be given beside its text; other pairs are those of libraries. */
    private static final List<String> KNOWN = List.of("script", "place");

    private static final byte[] NOTHING = {};

    private final JsonMapper json = JsonMapper.builder().build();
    private final LogLine.Fault fault = new LogLine.Fault();

    @Override
    public void start() {
        fault.setContext(getContext());
        fault.setOptionList(LogLine.Fault.SHORT);
        fault.start();
        super.start();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String whole = LogText.ofLines(event.getFormattedMessage());
        DialogIdentity dialog = argument(event, DialogIdentity.class);
        DialogTids tids = tids(event, dialog);
        if (dialog != null) {
            whole = without(whole, dialog.toString());
        } else if (tids != null) {
            whole = without(whole, tids.toString());
        }
        List<String> lines = new ArrayList<>(whole.lines().toList());
        String text = lines.isEmpty() ? "" : lines.removeFirst();
        fault.convert(event).lines().forEach(lines::add);

        ObjectNode line = json.createObjectNode();
        line.put("ts", STAMP.format(event.getInstant()));
        line.put("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        line.put("logger", LogLine.Subject.of(event.getLoggerName()));
        if (dialog != null) {
            line.put("instance_id", dialog.instanceId());
        }
        if (tids != null) {
            putKnown(line, "tid", tids.local());
            putKnown(line, "remote_tid", tids.remote());
        }
        if (dialog != null) {
            line.put("script", dialog.script());
        }
        for (String name : KNOWN) {
            putKnown(line, name, value(event, name));
        }
        line.put("text", text);
        if (!lines.isEmpty()) {
            ArrayNode stack = line.putArray("stack");
            lines.forEach(it -> stack.add(it.strip()));
        }
        return (json.writeValueAsString(line) + "\n").getBytes(UTF_8);
    }

    private static @Nullable DialogTids tids(ILoggingEvent event, @Nullable DialogIdentity dialog) {
        return dialog == null
                ? argument(event, DialogTids.class)
                : new DialogTids(dialog.opening().localTid(), dialog.opening().remoteTid());
    }

    private static <T> @Nullable T argument(ILoggingEvent event, Class<T> type) {
        Object[] arguments = event.getArgumentArray();
        if (arguments != null) {
            for (Object argument : arguments) {
                if (type.isInstance(argument)) {
                    return type.cast(argument);
                }
            }
        }
        return null;
    }

    private static void putKnown(ObjectNode line, String name, String value) {
        if (!value.isEmpty()) {
            line.put(name, LogText.of(value));
        }
    }

    private static String without(String whole, String dialog) {
        return whole.startsWith(dialog) ? whole.substring(dialog.length()).stripLeading() : whole;
    }

    /** What the event says under a name; empty if nothing. */
    private static String value(ILoggingEvent event, String name) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                if (pair.key.equals(name)) {
                    return String.valueOf(pair.value);
                }
            }
        }
        return "";
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
