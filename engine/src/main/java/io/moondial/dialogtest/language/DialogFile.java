package io.moondial.dialogtest.language;

import io.moondial.file.PlainFile;
import io.moondial.file.UnreadableFileException;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import io.moondial.script.api.ApiModule;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file of scripted tests, as it was read. */
public final class DialogFile {
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int MAX_OCTETS = 16 << 20;

    private final Path path;
    private final String content;
    private final List<String> lines;

    private DialogFile(Path path, String content) {
        this.path = path;
        this.content = content;
        this.lines = withoutMark(content).lines().toList();
    }

    /** A file of this content. */
    public static DialogFile of(Path path, String content) {
        return new DialogFile(path, content);
    }

    /**
     * Reads a file.
     *
     * @throws DialogFileException where it cannot be read, or is not UTF-8
     */
    public static DialogFile read(Path path) throws DialogFileException {
        try {
            byte[] octets = PlainFile.read(path, MAX_OCTETS);
            return new DialogFile(
                    path,
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString());
        } catch (CharacterCodingException e) {
            throw refused(path, "the file is not UTF-8: save it in that encoding");
        } catch (UnreadableFileException e) {
            throw refused(path, e.reason());
        }
    }

    private static DialogFileException refused(Path path, String message) {
        return new DialogFileException(List.of(new Problem(path, 0, 0, message)));
    }

    /**
     * The tests in it, in their order.
     *
     * @throws DialogFileException with everything that is wrong in it
     */
    public List<DialogTest> tests() throws DialogFileException {
        return tests(BuiltInModules.create());
    }

    /**
     * The same, if scripts have these modules.
     *
     * @throws DialogFileException with everything that is wrong in it
     */
    public List<DialogTest> tests(List<ApiModule> modules) throws DialogFileException {
        return FileParser.parse(this, modules);
    }

    public Path path() {
        return path;
    }

    /** As it is shown. */
    public String name() {
        return path.toString().replace('\\', '/');
    }

    /** All of it, mark and line ends too. */
    public String content() {
        return content;
    }

    /** Its lines, without their ends. */
    public List<String> lines() {
        return lines;
    }

    /** The lines of a step, as they stand there. */
    public List<String> lines(Lines at) {
        return new ArrayList<>(lines.subList(at.first() - 1, at.last()));
    }

    private static String withoutMark(String text) {
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    /**
     * The lines of a file where a step stands.
     *
     * @param first from 1
     * @param last the same, or the last one that continues it
     */
    public record Lines(int first, int last) {}
}
