package io.moondial.channel.ss7;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A temporary folder of our own for the XML that the stack insists on writing. */
final class PrivateFolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PrivateFolder.class);

    private final Path path;

    private PrivateFolder(Path path) {
        this.path = path;
    }

    static PrivateFolder create() {
        try {
            return new PrivateFolder(Files.createTempDirectory("moondial-ss7-"));
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder for the SS7 stack", e);
        }
    }

    String path() {
        return path.toString();
    }

    @Override
    public void close() {
        try {
            Files.walkFileTree(path, new Delete());
        } catch (IOException e) {
            log.warn("the temporary folder {} could not be removed", path, e);
        }
    }

    private static final class Delete extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
