package io.starhash.dialogtest.language;

import io.starhash.dialog.Address;
import io.starhash.handset.Screen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A conversation that was held, as a test that holds it again. */
public final class Recorded {
    private final List<String> settings = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();
    private String title = "a conversation";

    /** A setting; one that is null or as usual needs no line. */
    public void setting(String word, @Nullable Address address) {
        if (address != null) {
            boolean usual = address.noa() == Address.INTERNATIONAL && address.npi() == Address.ISDN;
            settings.add(word + " " + (usual ? address.digits() : address.toString()));
        }
    }

    /** As {@link #setting(String, Address)}. */
    public void setting(String word, int value, int usual) {
        if (value != usual) {
            settings.add(word + " " + value);
        }
    }

    /** What began the dialog. */
    public void opened(boolean push, String text) {
        String word = push ? "push" : "dial";
        steps.addAll(Wording.lines(word, text));
        title = word + " " + text.replace('\n', ' ');
    }

    /** What the handset did. */
    public void did(String word, String text) {
        steps.addAll(Wording.lines(word, text));
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

    /** What came. */
    public void came(Screen screen) {
        steps.addAll(Wording.of(screen));
    }

    /** Whether there is anything to write. */
    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /**
     * Adds the test to a file, which is made where it is not there yet.
     *
     * @return its name, unlike that of any other test of the file
     */
    public String addTo(Path file) throws IOException {
        String before = Files.exists(file) ? Files.readString(file) : "";
        String name = nameIn(before);
        StringBuilder test = new StringBuilder();
        if (!before.isEmpty()) {
            test.append(before.endsWith("\n") ? "\n" : "\n\n");
        }
        test.append("test ").append(Quoted.quote(name)).append('\n');
        settings.forEach(line -> test.append(line).append('\n'));
        steps.forEach(line -> test.append(line).append('\n'));
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(
                file,
                test,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        return name;
    }

    private String nameIn(String content) {
        String name = title;
        for (int i = 2; content.contains("test " + Quoted.quote(name)); i++) {
            name = title + " (" + i + ")";
        }
        return name;
    }
}
