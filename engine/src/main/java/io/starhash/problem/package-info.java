/** What is wrong in a file that a person wrote, and where. */
@NullMarked
package io.starhash.problem;

import org.jspecify.annotations.NullMarked;
