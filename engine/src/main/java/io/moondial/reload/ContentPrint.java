package io.moondial.reload;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The content of the watched files at one moment. Two are equal if the content is. Times, inodes
 * and the way a file was written do not count, and neither do files that are not scripts, such as
 * an editor's temporary files.
 */
record ContentPrint(Map<Path, String> states) {
    /** Larger files are compared by size and time only; no such file is ever accepted. */
    static final long MAX_READ_OCTETS = 64L << 20;

    private static final String SCRIPTS = "*.lua";
    private static final String MISSING = "missing";

    ContentPrint {
        states = Map.copyOf(states);
    }

    static ContentPrint of(WatchedFiles watched) {
        Map<Path, String> states = new TreeMap<>();
        watched.files().forEach(file -> states.put(file, stateOf(file)));
        for (Path folder : watched.scriptFolders()) {
            addFolder(states, folder, folder);
            Path library = folder.resolve(WatchedFiles.LIBRARY);
            if (Files.isDirectory(library)) {
                addFolder(states, library, folder);
            }
        }
        return new ContentPrint(states);
    }

    private static void addFolder(Map<Path, String> states, Path folder, Path root) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, SCRIPTS)) {
            Path inside = root.toRealPath();
            states.put(folder, "folder");
            for (Path file : files) {
                if (!file.getFileName().toString().startsWith(".")) {
                    states.put(file, placeOf(file, inside) + stateOf(file));
                }
            }
        } catch (NoSuchFileException e) {
            states.put(folder, MISSING);
        } catch (IOException | RuntimeException e) {
            // DirectoryStream throws its own unchecked exception; the reading itself will say more
            states.put(folder, "unreadable: " + e);
        }
    }

    /** A link that leads out of the folder is another thing than a file in it of that content. */
    private static String placeOf(Path file, Path inside) throws IOException {
        try {
            return file.toRealPath().startsWith(inside) ? "" : "outside ";
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static String stateOf(Path file) {
        try {
            if (!Files.exists(file)) {
                return MISSING;
            }
            if (!Files.isRegularFile(file)) {
                return "not a file";
            }
            long size = Files.size(file);
            return size > MAX_READ_OCTETS
                    ? size + " octets of " + Files.getLastModifiedTime(file)
                    : digest(file);
        } catch (NoSuchFileException e) {
            return MISSING;
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
