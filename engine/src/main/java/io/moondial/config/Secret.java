package io.moondial.config;

import io.moondial.config.Schema.Description;
import io.moondial.config.Schema.Unset;
import io.moondial.file.FileTrouble;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A value that a file of settings names but does not contain: {@code {file: PATH}} or {@code {env:
 * NAME}}. It is shown nowhere: as a text it is that reference. Two are equal if the reference and
 * the value are: what has changed in the file of a secret has changed in the settings.
 */
public final class Secret implements NamedFile {
    /** In octets. */
    private static final int LONGEST = 64 * 1024;

    private static final String FILE = "file";
    private static final String ENV = "env";
    private static final ValueType<String> NAME = ValueType.text();

    private final Map<String, String> reference;
    private final @Nullable Path file;
    private final @Nullable String text;

    private Secret(String kind, String name, @Nullable Path file, @Nullable String text) {
        this.reference = Map.of(kind, name);
        this.file = file;
        this.text = text;
    }

    /** One with this value, as if the environment had it; for tests. */
    public static Secret of(String name, String text) {
        return new Secret(ENV, name, null, text);
    }

    /**
     * The value.
     *
     * @throws IllegalStateException if there was none when the settings were read, which only tests
     *     of scripts do not mind
     */
    public String text() {
        if (text == null) {
            throw new IllegalStateException("there is no value for the secret " + this);
        }
        return text;
    }

    @Override
    public @Nullable Path file() {
        return file;
    }

    /** As a file of settings has it. */
    Map<String, String> reference() {
        return reference;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret it
                && it.reference.equals(reference)
                && Objects.equals(it.text, text);
    }

    @Override
    public int hashCode() {
        return reference.hashCode();
    }

    /** The reference, as it is written. */
    @Override
    public String toString() {
        return YamlWriter.value(reference);
    }

    /** What may be written, in words. */
    static String allowed() {
        return "{file: PATH} or {env: NAME}, which has the value";
    }

    /** The JSON schema of what may be written. */
    static Map<String, Object> json() {
        return Map.of("oneOf", List.of(json(FILE), json(ENV)));
    }

    private static Map<String, Object> json(String kind) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "object");
        json.put("properties", Map.of(kind, Map.of("type", "string")));
        json.put("required", List.of(kind));
        json.put("additionalProperties", false);
        return json;
    }

    /** Reads one; what is wrong with it is a problem. */
    static Optional<Secret> read(Section section, String key) {
        if (section.has(key) && !section.isSection(key)) {
            // what stands there may be the value: it is not shown
            section.refuseSecret(key, "a secret is not written here; allowed is " + allowed());
            return Optional.empty();
        }
        int problems = section.problemsSoFar();
        Optional<Section> written = section.sectionIfGiven(key, allowed());
        if (written.isEmpty()) {
            return Optional.empty();
        }
        Section reference = written.get();
        Optional<String> file = reference.find(FILE, NAME);
        Optional<String> env = reference.find(ENV, NAME);
        if (section.problemsSoFar() > problems) {
            return Optional.empty();
        }
        if (file.isPresent() == env.isPresent()) {
            section.refuse(key, "one of file and env; allowed is " + allowed());
            return Optional.empty();
        }
        return file.map(it -> ofFile(reference, it)).or(() -> env.map(it -> ofEnv(reference, it)));
    }

    private static Secret ofEnv(Section reference, String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            reference.needed(ENV, "the environment has no " + name + ", or it is empty");
            return new Secret(ENV, name, null, null);
        }
        return new Secret(ENV, name, null, value);
    }

    private static Secret ofFile(Section reference, String name) {
        Path file = reference.path(FILE, name);
        String value = null;
        try {
            value = content(file);
            if (value.isEmpty()) {
                reference.needed(FILE, file + " is empty");
                value = null;
            } else if (isOpenToAll(file)) {
                reference.warn(FILE, "everybody on this machine can read " + file);
            }
        } catch (UnreadableFileException e) {
            reference.needed(FILE, file + ": " + e.reason());
        } catch (CharacterCodingException e) {
            reference.needed(FILE, file + " is not UTF-8");
        } catch (IOException e) {
            reference.needed(FILE, file + ": " + FileTrouble.words(e));
        }
        return new Secret(FILE, name, file, value);
    }

    /** Without the one line end that editors put there. */
    private static String content(Path file)
            throws UnreadableFileException, CharacterCodingException {
        byte[] octets = PlainFile.read(file, LONGEST);
        String text =
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        if (text.endsWith("\n")) {
            text = text.substring(0, text.length() - 1);
        }
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private static boolean isOpenToAll(Path file) throws IOException {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (UnsupportedOperationException e) {
            return false; // a file system without such permissions
        }
    }

    /** A key with one. */
    static final class OneKey extends Part {
        /** What replaces a missing one: reading goes on to find more problems. */
        private static final Secret STOPGAP = Secret.of("?", "?");

        private final Key key;

        OneKey(RecordComponent component, Key key) {
            super(component);
            this.key = key;
        }

        @Override
        @Nullable Object read(Section section, @Nullable Object otherwise, Scope scope) {
            Optional<Secret> secret = Secret.read(section, name);
            if (secret.isPresent() || otherwise != null || isNullable()) {
                return secret.isPresent() ? secret.get() : otherwise;
            }
            if (!section.has(name)) {
                section.refuse(name + " is missing; allowed is " + Secret.allowed());
            }
            return STOPGAP;
        }

        @Override
        void print(SettingsWriter out, Object value) {
            out.entry(name, ((Secret) value).reference());
        }

        @Override
        void put(Map<String, Object> item, Object value) {
            item.put(name, ((Secret) value).reference());
        }

        @Override
        Stream<Description> describe() {
            return Stream.of(
                    Description.of(
                            name,
                            key,
                            Secret.allowed(),
                            "{file: secrets/%s}".formatted(name),
                            isNullable() ? new Unset.None(key.unsetIs()) : new Unset.Required(),
                            Secret.json()));
        }
    }
}
