package io.moondial.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import org.junit.jupiter.api.Test;

/** What java.nio.file throws, as people are told of it. */
class FileTroubleTest {
    private static final String USER = System.getProperty("user.name");

    @Test
    void every_kind_has_words_and_none_the_name_of_a_class() {
        assertThat(FileTrouble.words(new NoSuchFileException("f")))
                .isEqualTo("there is no such file or folder");
        assertThat(FileTrouble.words(new AccessDeniedException("f")))
                .isEqualTo("the user " + USER + " has no permission");
        assertThat(FileTrouble.words(new FileAlreadyExistsException("f")))
                .isEqualTo("there is a file of this name already");
        assertThat(FileTrouble.words(new NotDirectoryException("f")))
                .isEqualTo("it is a file, not a folder");
        assertThat(FileTrouble.words(new FileSystemLoopException("f")))
                .isEqualTo("a symbolic link leads back to a folder above it");
        assertThat(FileTrouble.words(new EOFException())).isEqualTo("it ends too early");
        assertThat(FileTrouble.words(new ClosedChannelException()))
                .isEqualTo("it was closed meanwhile");
        assertThat(FileTrouble.words(new NotLinkException("f")))
                .isEqualTo("the system gives no reason");
        assertThat(FileTrouble.words(new MalformedInputException(1)))
                .isEqualTo("it is not UTF-8: save it in that encoding");
    }

    @Test
    void the_systems_own_words_are_made_plainer_where_they_say_little() {
        assertThat(FileTrouble.words(new FileSystemException("f", null, "Read-only file system")))
                .isEqualTo("the disk is mounted read-only");
        assertThat(FileTrouble.words(new IOException("No space left on device")))
                .isEqualTo("the disk is full");
        assertThat(FileTrouble.words(new IOException("Connection refused")))
                .isEqualTo("Connection refused");
    }

    @Test
    void the_file_stands_before_the_reason_once() {
        assertThat(FileTrouble.tell(new NoSuchFileException("a/b")))
                .isEqualTo("a/b: there is no such file or folder");
        assertThat(FileTrouble.tell(new IOException("Broken pipe"))).isEqualTo("Broken pipe");
    }

    @Test
    void a_stream_over_files_says_what_its_cause_says() {
        assertThat(FileTrouble.words(new UncheckedIOException(new NoSuchFileException("f"))))
                .isEqualTo("there is no such file or folder");
        assertThat(FileTrouble.tell(new UncheckedIOException(new NoSuchFileException("f"))))
                .isEqualTo("f: there is no such file or folder");
    }
}
