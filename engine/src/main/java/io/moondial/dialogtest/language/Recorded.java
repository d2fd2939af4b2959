package io.moondial.dialogtest.language;

import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.dialog.DialogFact;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.Mask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A conversation that was held, as a test that holds it again. */
public final class Recorded {
    private final List<String> settings = new ArrayList<>();
    private final List<String> givens = new CopyOnWriteArrayList<>();
    private final List<String> steps = new ArrayList<>();
    private String title = "a conversation";

    /**
     * Who held the handset, and what the handset dialled with; what is as usual needs no line.
     *
     * @param language that stands before the dialled text, two small letters; null: none does
     */
    public void heldBy(Subscriber subscriber, Dcs dcs, @Nullable String language) {
        setting(Word.FROM, subscriber.msisdn());
        setting(Word.TO, subscriber.destination());
        setting(Word.ORIGINATION, subscriber.origination());
        setting(Word.SSN, subscriber.ssn(), Subscriber.USUAL_SSN);
        switch (dcs.coding()) {
            case GSM7_AFTER_LANGUAGE, UCS2_AFTER_LANGUAGE ->
                    settings.add(
                            language == null
                                    ? "# dcs %d came without a language before the text: a test cannot send that"
                                            .formatted(dcs.octet())
                                    : Word.DCS.text() + " " + dcs.octet() + " " + language);
            default -> setting(Word.DCS, dcs.octet(), Dcs.UNSPECIFIED.octet());
        }
    }

    private void setting(Word word, @Nullable Address address) {
        if (address != null) {
            boolean usual = address.noa() == Address.INTERNATIONAL && address.npi() == Address.ISDN;
            settings.add(word.text() + " " + (usual ? address.digits() : address.toString()));
        }
    }

    private void setting(Word word, int value, int usual) {
        if (value != usual) {
            settings.add(word.text() + " " + value);
        }
    }

    /** What the stand-in of a module is to answer to a call, if that is known; from any thread. */
    public void given(DialogFact.ScriptCalled call) {
        String answer = call.given().get();
        if (answer != null) {
            String module = call.called().substring(0, call.called().indexOf('.'));
            givens.add("given " + module + " " + answer.replace("\n", "\n  "));
        }
    }

    /** What began the dialog; what is secret in it is replaced. */
    public void opened(boolean push, String text) {
        String word = push ? "push" : "dial";
        steps.addAll(Wording.lines(word, text));
        title = word + " " + text.replace('\n', ' ');
    }

    /** What was pushed to the handset: {@code notify} or {@code menu} a text, or {@code script}. */
    public void ordered(String what, String text) {
        String word = Word.ORDER.text() + ' ' + what;
        steps.addAll(Wording.lines(word, text));
        title = word + " " + text.replace('\n', ' ');
    }

    /** What the handset did. */
    public void did(String word, String text) {
        steps.addAll(Wording.lines(word, text));
    }

    /**
     * A menu was answered.
     *
     * @param late after its time
     * @param last in TC-END
     * @param secret a test knows only the length of such an answer
     */
    public void answered(boolean late, boolean last, String text, boolean secret) {
        Word word = late ? Word.LATE_ANSWER : last ? Word.ANSWER_AND_RELEASE : Word.ANSWER;
        did(word.text(), secret ? Mask.of(text) : text);
    }

    /** A step as somebody has written it. */
    public void wrote(List<String> lines) {
        steps.addAll(lines);
    }

    /** Time went by. */
    public void waited(Duration time) {
        long seconds = Math.round(time.toMillis() / 1000.0);
        if (seconds > 0) {
            steps.add("wait " + seconds + "s");
        }
    }

    /**
     * What came.
     *
     * @param secret whether its text is secret, so that a test accepts any
     * @param ids those that may be in it
     */
    public void came(Screen screen, boolean secret, PassingIds ids) {
        String text = screen.text();
        if (secret) {
            steps.add(screen.word() + " ~ .*");
        } else if (text != null && ids.areIn(text)) {
            steps.add(screen.word() + " ~ " + ids.expressionFor(text));
        } else {
            steps.addAll(Wording.of(screen));
        }
    }

    /** Whether there is anything to write. */
    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /**
     * Adds the test to a file, which is made if it is not there yet.
     *
     * @return its name, unlike that of any other test of the file
     */
    public String addTo(Path file) throws IOException {
        String before = before(file);
        String name = nameIn(before);
        append(file, before, named(name));
        return name;
    }

    /**
     * Adds a test that an engine has written.
     *
     * @param test its first line is {@code test "NAME"}
     * @return its name, which has a number behind it if another test of the file has it already
     */
    public static String add(Path file, String test) throws IOException {
        String before = before(file);
        String first = test.lines().findFirst().orElse("");
        String named = first;
        for (int i = 2; before.lines().anyMatch(named::equals); i++) {
            named = first.replaceFirst("\"$", " (" + i + ")\"");
        }
        append(file, before, named + test.substring(first.length()));
        return named.replaceFirst("^test \"(.*)\"$", "$1");
    }

    private static String before(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static void append(Path file, String before, String test) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        String between = before.isEmpty() ? "" : before.endsWith("\n") ? "\n" : "\n\n";
        Files.writeString(
                file,
                between + test,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** The test, named after what began the dialog. */
    public String text() {
        return named(title);
    }

    private String named(String name) {
        StringBuilder test = new StringBuilder();
        test.append("test ").append(Texts.Quoted.quote(name)).append('\n');
        givens.forEach(line -> test.append(line).append('\n'));
        settings.forEach(line -> test.append(line).append('\n'));
        steps.forEach(line -> test.append(line).append('\n'));
        return test.toString();
    }

    private String nameIn(String content) {
        String name = title;
        for (int i = 2; content.contains("test " + Texts.Quoted.quote(name)); i++) {
            name = title + " (" + i + ")";
        }
        return name;
    }

    /**
     * The ids of one dialog, another in every run: a screen that shows one is recorded as a regular
     * expression.
     *
     * @param expressions by the id, what matches any like it
     */
    public record PassingIds(Map<String, String> expressions) {
        /** Those of a dialog without known ids. */
        public static final PassingIds NONE = new PassingIds(Map.of());

        private static final String SPECIAL = "\\.[]{}()<>*+-=!?^$|";

        /** Those of a dialog that a service has claimed. */
        public static PassingIds of(String instanceId, Opening opening) {
            Map<String, String> expressions = new LinkedHashMap<>();
            expressions.put(instanceId, "\\S+-\\d+-[0-9a-f]{8}");
            for (String tid : List.of(opening.localTid(), opening.remoteTid())) {
                if (!tid.isEmpty()) { // a push has none
                    expressions.put(tid, "[0-9a-f]{%d}".formatted(tid.length()));
                }
            }
            return new PassingIds(expressions);
        }

        /** Whether a text has one of them in it. */
        boolean areIn(String text) {
            return expressions.keySet().stream().anyMatch(text::contains);
        }

        /** The regular expression, on one line, for such a text with any ids in their place. */
        String expressionFor(String text) {
            Matcher ids =
                    Pattern.compile(
                                    expressions.keySet().stream()
                                            .map(Pattern::quote)
                                            .collect(Collectors.joining("|")))
                            .matcher(text);
            StringBuilder expression = new StringBuilder();
            int end = 0;
            while (ids.find()) {
                literally(text, end, ids.start(), expression);
                expression.append(expressions.get(ids.group()));
                end = ids.end();
            }
            literally(text, end, text.length(), expression);
            return expression.toString();
        }

        private static void literally(String text, int from, int to, StringBuilder expression) {
            for (int i = from; i < to; i++) {
                char c = text.charAt(i);
                if (c == '\n') {
                    expression.append("\\n");
                } else if (Lexer.isBlank(c) || Character.isISOControl(c)) {
                    // an inner space may stay as it is, which is easier to read
                    boolean inner = c == ' ' && i > 0 && i < text.length() - 1;
                    expression.append(inner ? " " : "\\x%02x".formatted((int) c));
                } else {
                    expression.append(SPECIAL.indexOf(c) < 0 ? "" : "\\").append(c);
                }
            }
        }
    }
}
