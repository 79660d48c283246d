import WarehouseBasics
import WarehouseColumns

/// A relation being computed. It is split into stripes: row ranges fixed by the data alone, never by the number of
/// threads, whose concatenation in order is the relation. A stripe runs on one thread; stripes run in parallel.
///
/// Streaming operators (filter, project, probe, flatten) have their input's stripes and wrap the consumer. Blocking
/// ones (aggregate, sort, build, window) run their whole input in `prepare` and then offer their result in stripes.
/// State per stripe is merged in stripe order, so that every result, float sums too, is the same at any thread count.
public protocol PhysicalOperator: AnyObject {
    /// Physical types of the columns put out; the same for every batch.
    var outputTypes: [PhysicalType] { get }

    /// Runs whatever must be complete before rows flow (build sides, blocking inputs) and gives the number of
    /// stripes. Called once, before any `run`.
    func prepare(_ context: QueryContext) throws -> Int

    /// Pushes the batches of one stripe, in order, until done or the consumer wants no more. Called from any thread,
    /// at most once per stripe, several stripes at a time.
    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws
}

/// An operator that tells what memory and disk it took.
protocol ResourcefulOperator: PhysicalOperator {
    var resources: OperatorResources { get }
}

/// Takes batches of one stripe. A batch is valid only during the call.
public protocol BatchConsumer: AnyObject {
    /// Returns false when no further batch of this stripe is wanted.
    func consume(_ batch: Batch) throws -> Bool
}
