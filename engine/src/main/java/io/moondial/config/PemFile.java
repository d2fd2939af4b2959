package io.moondial.config;

import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of certificates or keys (RFC 7468) with what it held when the settings were read: if that
 * changes, so do the settings.
 */
public final class PemFile implements NamedFile {
    private static final int MAX_OCTETS = 4 << 20;

    private final Path path;
    private final @Nullable String content;

    private PemFile(Path path, @Nullable String content) {
        this.path = path;
        this.content = content;
    }

    @Override
    public Path file() {
        return path;
    }

    /** Whether it could be read. */
    public boolean isThere() {
        return content != null;
    }

    /** What it held, a character an octet; null: it could not be read. */
    public @Nullable String content() {
        return content;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PemFile it
                && path.equals(it.path)
                && Objects.equals(content, it.content);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    /** Where it is; never what it holds. */
    @Override
    public String toString() {
        return path.toString();
    }

    /** Such a file as the rules name it: by its path, relative to them. */
    public static final class Written implements Structure<PemFile> {
        @Override
        public @Nullable PemFile read(
                Section section, String key, Map<String, @Nullable Object> before) {
            Optional<String> written = section.find(key, ValueType.text());
            if (written.isEmpty()) {
                return null;
            }
            Path path = section.path(key, written.get());
            try {
                byte[] octets = PlainFile.read(path, MAX_OCTETS);
                return new PemFile(path, new String(octets, StandardCharsets.ISO_8859_1));
            } catch (UnreadableFileException e) {
                section.needed(key, path + ": " + e.reason());
                return new PemFile(path, null);
            }
        }

        @Override
        public void print(SettingsWriter out, String key, PemFile value) {
            out.entry(key, out.relative(value.file()));
        }

        @Override
        public String allowed() {
            return "a path to a PEM file";
        }
    }
}
