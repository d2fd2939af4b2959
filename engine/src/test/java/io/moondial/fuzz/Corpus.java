package io.moondial.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The inputs kept for a target: a file {@code fuzz/TARGET.hex} with one in hex a line. */
public final class Corpus {
    private Corpus() {}

    /** All inputs of a target, in the order of the file. */
    public static List<byte[]> of(String target) throws IOException {
        String path = "/fuzz/" + target + ".hex";
        try (InputStream in = Corpus.class.getResourceAsStream(path)) {
            return new String(Objects.requireNonNull(in, path).readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(HexFormat.of()::parseHex)
                    .toList();
        }
    }

    /**
     * The files of a search out of the file that is kept, or that out of them.
     *
     * @param arguments {@code expand TARGET FOLDER} or {@code collect FOLDER FILE}
     */
    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "expand" -> expand(arguments[1], Path.of(arguments[2]));
            case "collect" -> collect(Path.of(arguments[1]), Path.of(arguments[2]));
            default -> throw new IllegalArgumentException("expand or collect");
        }
    }

    /** Writes each input into a file of its own, as the search wants them. */
    private static void expand(String target, Path folder) throws IOException {
        Files.createDirectories(folder);
        int number = 0;
        for (byte[] input : of(target)) {
            Files.write(folder.resolve("kept-%04d".formatted(number++)), input);
        }
    }

    /** Makes the file out of a folder of inputs: each once, the short ones first. */
    private static void collect(Path folder, Path file) throws IOException {
        var lines =
                new TreeSet<String>(
                        Comparator.comparingInt(String::length)
                                .thenComparing(Comparator.naturalOrder()));
        try (Stream<Path> inputs = Files.list(folder)) {
            for (Path input : inputs.toList()) {
                lines.add(HexFormat.of().formatHex(Files.readAllBytes(input)));
            }
        }
        Files.writeString(file, String.join("\n", lines) + "\n");
    }
}
