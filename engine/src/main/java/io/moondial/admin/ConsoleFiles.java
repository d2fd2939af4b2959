package io.moondial.admin;

import io.moondial.text.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files of the console, from the class path: its own at {@code /}, those of libraries at {@code
 * /lib/NAME/}. A path of a page, such as {@code /dialogs/x}, is the console's first file, which
 * reads the path by itself.
 */
final class ConsoleFiles {
    private static final String FOLDER = "/io/moondial/admin/console/";
    private static final String FIRST = "index.html";

    /** The libraries whose files are shown; no other webjar is. */
    private static final Set<String> LIBRARIES = Set.of("lit-html", "uplot");

    private static final Set<String> PAGES =
            Set.of("now", "dialogs", "pushes", "phone", "scripts", "rules", "edrs", "links");

    /** By the end of a name; other files are not shown. */
    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "mjs", "text/javascript; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "json", "application/json",
                    "svg", "image/svg+xml",
                    "png", "image/png",
                    "ico", "image/x-icon",
                    "woff2", "font/woff2",
                    "txt", "text/plain; charset=utf-8");

    /** No name that begins with a dot, and nothing that means anything to a file system. */
    private static final Predicate<String> NAME =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}").asMatchPredicate();

    private static final int DEEPEST = 10;
    private static final int WORTH_PACKING = 1024;

    private final Map<String, File> files = new ConcurrentHashMap<>();

    /**
     * A file as it is sent.
     *
     * @param packed by gzip; null: that would not make it smaller
     * @param tag of its content, without quotes
     */
    @SuppressWarnings("ArrayRecordComponent") // goes straight to the connection
    record File(String type, byte[] plain, byte @Nullable [] packed, String tag) {}

    /** What is at this path, whose parts are decoded; empty if nothing is. */
    Optional<File> find(List<String> segments) {
        String first = segments.getFirst();
        if ((segments.size() == 1 && first.isEmpty()) || PAGES.contains(first)) {
            return file(FOLDER + FIRST);
        }
        if (segments.size() > DEEPEST || !segments.stream().allMatch(NAME)) {
            return Optional.empty();
        }
        if (!first.equals("lib")) {
            return file(FOLDER + String.join("/", segments));
        }
        if (segments.size() < 3 || !LIBRARIES.contains(segments.get(1))) {
            return Optional.empty();
        }
        String library = segments.get(1);
        return file(
                "/META-INF/resources/webjars/%s/%s/%s"
                        .formatted(
                                library,
                                version(library),
                                String.join("/", segments.subList(2, segments.size()))));
    }

    /** What was found is kept: as many files as there are on the class path. */
    private Optional<File> file(String resource) {
        File known = files.get(resource);
        if (known != null) {
            return Optional.of(known);
        }
        String type = TYPES.get(resource.substring(resource.lastIndexOf('.') + 1));
        URL place = type == null ? null : ConsoleFiles.class.getResource(resource);
        if (type == null || place == null) {
            return Optional.empty();
        }
        try (InputStream in = place.openStream()) {
            byte[] plain = in.readAllBytes();
            File file = new File(type, plain, packed(type, plain), tag(plain));
            files.put(resource, file);
            return Optional.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte @Nullable [] packed(String type, byte[] plain) throws IOException {
        if (plain.length < WORTH_PACKING || type.equals("image/png") || type.startsWith("font/")) {
            return null;
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.size() < plain.length ? packed.toByteArray() : null;
    }

    private static String tag(byte[] content) {
        return new Sha256().add(content).hex(12);
    }

    /** The version of a library on the class path, which its paths there contain. */
    private static String version(String library) {
        String place = "/META-INF/maven/org.webjars.npm/" + library + "/pom.properties";
        try (InputStream in = ConsoleFiles.class.getResourceAsStream(place)) {
            Properties pom = new Properties();
            if (in != null) {
                pom.load(in);
            }
            return pom.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
