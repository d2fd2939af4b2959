/** Files that people name: how they are read, and what is said where they cannot be. */
@NullMarked
package io.starhash.file;

import org.jspecify.annotations.NullMarked;
