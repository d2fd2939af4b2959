package io.moondial.file;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A folder in which nobody else can put or move anything: what its owner makes there by name, he
 * finds there. Elsewhere a stranger can lay a symbolic link in the way, and have a file emptied or
 * overwritten that it leads to.
 */
public final class OwnersFolder {
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final int ROOT = 0;
    private static final int STICKY = 01000;
    private static final int OTHERS_WRITE = 0002;
    private static final int GROUP_OR_OTHERS_WRITE = 0022;

    private OwnersFolder() {}

    /**
     * Makes the folder if it is missing, with those above it, for its owner alone; an existing one
     * must belong to this user or to root, and only its owner may write to it.
     *
     * <p>Above it a folder that all may write to is refused unless it is sticky, as /tmp is: there
     * nobody can move the files of others.
     *
     * @param folder an absolute path; symbolic links in it are followed, and what they lead to is
     *     looked at
     * @throws IOException whose message says which folder is not good, and what to do
     */
    public static void make(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            try {
                Files.createDirectories(folder, OWNERS_ALONE);
            } catch (IOException e) {
                throw new IOException(
                        "the folder %s cannot be made: %s".formatted(folder, FileTrouble.words(e)),
                        e);
            }
        }
        require(folder);
    }

    /**
     * The same of a folder that is there.
     *
     * @throws IOException as above
     */
    public static void require(Path folder) throws IOException {
        Path real = folder.toRealPath();
        int owner = number(real, "unix:uid");
        if (owner != ROOT && owner != new UnixSystem().getUid()) {
            throw new IOException(
                    "the folder %s belongs to the user %s, who could remove or replace what is in it: choose another folder, or chown %s it"
                            .formatted(folder, Files.getOwner(real), FileTrouble.user()));
        }
        if ((number(real, "unix:mode") & GROUP_OR_OTHERS_WRITE) != 0) {
            throw new IOException(
                    "others than its owner can write to the folder %s, and could remove or replace what is in it: chmod go-w it, or choose another folder"
                            .formatted(folder));
        }
        for (Path above = real.getParent(); above != null; above = above.getParent()) {
            int mode = number(above, "unix:mode");
            if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
                throw new IOException(
                        "everybody can write to the folder %s, and could replace %s in it: chmod o-w it, or choose another folder"
                                .formatted(above, folder));
            }
        }
    }

    private static int number(Path path, String attribute) throws IOException {
        return (Integer) Files.getAttribute(path, attribute);
    }
}
