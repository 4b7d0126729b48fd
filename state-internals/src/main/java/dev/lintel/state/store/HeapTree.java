package dev.lintel.state.store;

import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.Arrays;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A map from bytes to bytes, ordered by unsigned bytes, of which an image costs nothing: a B+ tree
 * whose nodes are copied before they are changed for the first time after the image was taken.
 *
 * <p><i>Invariants:</i> a node is changed in place only if its {@code edit} is the tree's; {@link
 * #image} gives the tree a new one, and so freezes all nodes that there are. The keys of an inner
 * node are lower bounds of its children, that of the first child meaning nothing. No node but the
 * root is empty. <i>Ownership:</i> the tree one thread; an image any number of threads.
 */
final class HeapTree {
  private static final int WIDTH = 64;
  private static final byte[] NO_KEY = new byte[0];

  private Object edit = new Object();
  private Node root = new Node(edit, true);

  /** Keys with what belongs to them: values in a leaf, children in an inner node. */
  private static final class Node {
    final Object edit;
    final boolean leaf;
    final byte[][] keys;
    final Object[] slots;
    int size;

    Node(Object edit, boolean leaf) {
      this(edit, leaf, new byte[WIDTH][], new Object[WIDTH], 0);
    }

    private Node(Object edit, boolean leaf, byte[][] keys, Object[] slots, int size) {
      this.edit = edit;
      this.leaf = leaf;
      this.keys = keys;
      this.slots = slots;
      this.size = size;
    }

    Node copy(Object newEdit) {
      return new Node(newEdit, leaf, keys.clone(), slots.clone(), size);
    }

    Node child(int place) {
      return (Node) slots[place];
    }

    /** The place of the key, or {@code -1 - place} where it would be. */
    int search(byte[] key) {
      return Arrays.binarySearch(keys, 0, size, key, Arrays::compareUnsigned);
    }

    /** The child in whose range the key is. */
    int childPlace(byte[] key) {
      int low = 1;
      int high = size;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (Arrays.compareUnsigned(keys[middle], key) <= 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low - 1;
    }

    void insert(int place, byte[] key, Object slot) {
      System.arraycopy(keys, place, keys, place + 1, size - place);
      System.arraycopy(slots, place, slots, place + 1, size - place);
      keys[place] = key;
      slots[place] = slot;
      size++;
    }

    @SuppressWarnings("NullAway") // Places behind the size are null, and are not read.
    void remove(int place) {
      size--;
      System.arraycopy(keys, place + 1, keys, place, size - place);
      System.arraycopy(slots, place + 1, slots, place, size - place);
      keys[size] = null;
      slots[size] = null;
    }

    /** Moves what is from {@code place} on into a new node. */
    @SuppressWarnings("NullAway") // As above.
    Node splitAt(int place) {
      Node right = new Node(edit, leaf);
      right.size = size - place;
      System.arraycopy(keys, place, right.keys, 0, right.size);
      System.arraycopy(slots, place, right.slots, 0, right.size);
      Arrays.fill(keys, place, size, null);
      Arrays.fill(slots, place, size, null);
      size = place;
      return right;
    }
  }

  byte @Nullable [] get(byte[] key) {
    Node node = root;
    while (!node.leaf) {
      node = node.child(node.childPlace(key));
    }
    int place = node.search(key);
    return place < 0 ? null : (byte[]) node.slots[place];
  }

  void put(byte[] key, byte[] value) {
    root = owned(root);
    Node right = put(root, key, value);
    if (right != null) {
      Node top = new Node(edit, false);
      top.insert(0, NO_KEY, root);
      top.insert(1, right.keys[0], right);
      root = top;
    }
  }

  /** The new right neighbour of the node, if the node had to be split. */
  private @Nullable Node put(Node node, byte[] key, byte[] value) {
    if (node.leaf) {
      int place = node.search(key);
      if (place >= 0) {
        node.slots[place] = value;
      } else {
        node.insert(-1 - place, key, value);
      }
    } else {
      int place = node.childPlace(key);
      Node right = put(ownedChild(node, place), key, value);
      if (right != null) {
        node.insert(place + 1, right.keys[0], right);
      }
    }
    if (node.size < WIDTH) {
      return null;
    }
    // Keys that only rise would leave half-empty nodes behind if they were cut in the middle.
    boolean rising = Arrays.equals(node.keys[node.size - 1], key);
    return node.splitAt(rising ? WIDTH - WIDTH / 8 : WIDTH / 2);
  }

  void remove(byte[] key) {
    if (get(key) == null) {
      return;
    }
    root = owned(root);
    remove(root, key);
    while (!root.leaf && root.size < 2) {
      root = root.size == 0 ? new Node(edit, true) : root.child(0);
    }
  }

  private void remove(Node node, byte[] key) {
    if (node.leaf) {
      node.remove(node.search(key));
      return;
    }
    int place = node.childPlace(key);
    Node child = ownedChild(node, place);
    remove(child, key);
    if (child.size == 0) {
      node.remove(place);
    } else if (place > 0 && child.size + node.child(place - 1).size <= WIDTH / 2) {
      merge(node, place - 1);
    } else if (place + 1 < node.size && child.size + node.child(place + 1).size <= WIDTH / 2) {
      merge(node, place);
    }
  }

  /** Moves what the child behind {@code place} has into the one at {@code place}. */
  private void merge(Node node, int place) {
    Node left = ownedChild(node, place);
    Node right = node.child(place + 1);
    System.arraycopy(right.keys, 0, left.keys, left.size, right.size);
    System.arraycopy(right.slots, 0, left.slots, left.size, right.size);
    if (!left.leaf) {
      left.keys[left.size] = node.keys[place + 1];
    }
    left.size += right.size;
    node.remove(place + 1);
  }

  private Node owned(Node node) {
    return node.edit == edit ? node : node.copy(edit);
  }

  private Node ownedChild(Node node, int place) {
    Node child = owned(node.child(place));
    node.slots[place] = child;
    return child;
  }

  void clear() {
    root = new Node(edit, true);
  }

  /** The first key that is not before {@code key}, or null. */
  byte @Nullable [] ceiling(byte[] key) {
    TreeCursor cursor = new TreeCursor(root, key, null);
    return cursor.next() ? cursor.key() : null;
  }

  /** Freezes what there is now. */
  void freeze() {
    edit = new Object();
  }

  /** The map as it is now, whatever is changed later. */
  StoreView image() {
    freeze();
    Node frozen = root;
    return new StoreView() {
      @Override
      public Cursor scan(byte[] from, byte[] end) {
        return new TreeCursor(frozen, from, end);
      }

      @Override
      public void close() {}
    };
  }

  /** A cursor over the map; it must not be used after a change that no {@link #freeze} preceded. */
  TreeCursor scan(byte[] from, byte[] end) {
    return new TreeCursor(root, from, end);
  }

  /** A walk through the leaves; the path from the root is kept, as leaves have no links. */
  static class TreeCursor implements Cursor {
    private static final int DEPTH_MAX = 16;

    private final byte @Nullable [] end;
    private final Node[] path = new Node[DEPTH_MAX];
    private final int[] places = new int[DEPTH_MAX];
    private int depth;
    private boolean ended;

    TreeCursor(Node root, byte[] from, byte @Nullable [] end) {
      this.end = end;
      Node node = root;
      while (!node.leaf) {
        path[depth] = node;
        places[depth] = node.childPlace(from);
        node = node.child(places[depth++]);
      }
      path[depth] = node;
      int place = node.search(from);
      places[depth] = (place < 0 ? -1 - place : place) - 1;
    }

    @Override
    public boolean next() {
      if (ended) {
        return false;
      }
      places[depth]++;
      if (places[depth] >= path[depth].size && !nextLeaf()) {
        ended = true;
        return false;
      }
      ended = end != null && Arrays.compareUnsigned(path[depth].keys[places[depth]], end) >= 0;
      return !ended;
    }

    private boolean nextLeaf() {
      int level = depth - 1;
      while (level >= 0 && places[level] + 1 >= path[level].size) {
        level--;
      }
      if (level < 0) {
        return false;
      }
      places[level]++;
      for (; level < depth; level++) {
        path[level + 1] = path[level].child(places[level]);
        places[level + 1] = 0;
      }
      return true;
    }

    @Override
    public byte[] key() {
      return leaf().keys[places[depth]];
    }

    @Override
    public byte[] value() {
      return (byte[]) leaf().slots[places[depth]];
    }

    private Node leaf() {
      if (ended || places[depth] < 0) {
        throw new NoSuchElementException(
            "Expected an entry under the cursor, but it stands at none");
      }
      return path[depth];
    }

    @Override
    public void close() {}
  }
}
