/** What is wrong in a file that a person wrote, and where. */
@NullMarked
package io.moondial.problem;

import org.jspecify.annotations.NullMarked;
