"""The RPCs: one method each, from the request to the list of responses (a plain RPC has exactly one)."""

from grpc import StatusCode

from tests.doubles.local_firestore import aggregations, limits, queries, writes
from tests.doubles.local_firestore.documents import Documents, last
from tests.doubles.local_firestore.errors import StatusError
from tests.doubles.local_firestore.messages import Message, WriteResult, masked_paths, response_type, timestamp
from tests.doubles.local_firestore.paths import project

MISSING = (
    *("BeginTransaction", "Rollback", "Listen", "Write", "PartitionQuery"),
    *("CreateDocument", "UpdateDocument", "DeleteDocument", "ExecutePipeline"),
)


def unimplemented(what: str) -> StatusError:
    return StatusError(StatusCode.UNIMPLEMENTED, f"local_firestore has no {what}: see its README")


class Rpcs:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.plain = {
            "Commit": self._commit,
            "BatchWrite": self._batch_write,
            "GetDocument": self._get_document,
            "ListDocuments": self._list_documents,
            "ListCollectionIds": self._list_collection_ids,
        }
        self.streaming = {
            "BatchGetDocuments": self._batch_get_documents,
            "RunQuery": self._run_query,
            "RunAggregationQuery": self._run_aggregation_query,
        }

    def answer(self, rpc: str, request: Message) -> list[Message]:
        limits.check_request(request)
        _refuse_transactions(request)
        method = self.plain.get(rpc) or self.streaming.get(rpc)
        if method is None:
            raise unimplemented(rpc)
        with self._documents.lock:
            return method(request)

    def _commit(self, request: Message) -> list[Message]:
        now, results = writes.commit(self._documents, request.writes)
        return [response_type("Commit")(write_results=results, commit_time=timestamp(now))]

    def _batch_write(self, request: Message) -> list[Message]:
        answer = response_type("BatchWrite")()
        for write in request.writes:
            try:
                answer.write_results.append(writes.commit(self._documents, [write])[1][0])
                answer.status.add()
            except StatusError as error:
                answer.write_results.append(WriteResult())
                answer.status.add(code=error.code.value[0], message=error.message)
        return [answer]

    def _get_document(self, request: Message) -> list[Message]:
        document = self._documents.get(request.name)
        if document is None:
            raise StatusError(StatusCode.NOT_FOUND, f'Document "{request.name}" not found.')
        return [project(document.message, masked_paths(request))]

    def _batch_get_documents(self, request: Message) -> list[Message]:
        mask = masked_paths(request)
        now = timestamp(self._documents.tick())
        return [self._found_or_missing(name, mask, now) for name in request.documents]

    def _found_or_missing(self, name: str, mask: list[str] | None, now: Message) -> Message:
        limits.check_name(name)
        document = self._documents.get(name)
        if document is None:
            return response_type("BatchGetDocuments")(missing=name, read_time=now)
        return response_type("BatchGetDocuments")(found=project(document.message, mask), read_time=now)

    def _list_documents(self, request: Message) -> list[Message]:
        collection = f"{request.parent}/{request.collection_id}"
        names = self._names(collection, with_missing=request.show_missing)
        names = [name for name in names if name > request.page_token]
        page = names[: request.page_size or None]
        answer = response_type("ListDocuments")(next_page_token=page[-1] if len(page) < len(names) else "")
        for name in page:
            document = self._documents.get(name)
            listed = answer.documents.add(name=name)
            if document is not None:
                listed.CopyFrom(project(document.message, masked_paths(request)))
        return [answer]

    def _names(self, collection: str, *, with_missing: bool) -> list[str]:
        """List the names; a missing document is one that does not exist and yet has collections of its own."""
        names = {document.name for document in self._documents.scan([collection])}
        if with_missing:
            names |= {_child(collection, each) for each in self._documents.collections(collection)}
        return sorted(names)

    def _list_collection_ids(self, request: Message) -> list[Message]:
        collections = self._documents.collections(request.parent)
        ids = sorted({last(_child(request.parent, each)) for each in collections})
        return [response_type("ListCollectionIds")(collection_ids=ids)]

    def _run_query(self, request: Message) -> list[Message]:
        query, answer = request.structured_query, response_type("RunQuery")
        found = queries.run(self._documents, request.parent, query)
        now = timestamp(self._documents.tick())
        fields = [each.field_path for each in query.select.fields] if query.HasField("select") else None
        if not found:
            return [answer(read_time=now)]
        return [answer(document=project(document.message, fields), read_time=now) for document in found]

    def _run_aggregation_query(self, request: Message) -> list[Message]:
        wanted = request.structured_aggregation_query
        needed = aggregations.fields(wanted.aggregations)
        found = queries.run(self._documents, request.parent, wanted.structured_query, needed)
        answer = response_type("RunAggregationQuery")(read_time=timestamp(self._documents.tick()))
        for alias, value in aggregations.run(wanted.aggregations, found).items():
            answer.result.aggregate_fields[alias].CopyFrom(value)
        return [answer]


def _child(parent: str, descendant: str) -> str:
    return f"{parent}/{descendant[len(parent) + 1 :].partition('/')[0]}"


def _refuse_transactions(request: Message) -> None:
    fields = request.DESCRIPTOR.fields_by_name
    if "transaction" in fields and request.transaction:
        raise unimplemented("transactions")
    if "consistency_selector" in request.DESCRIPTOR.oneofs_by_name and request.WhichOneof("consistency_selector"):
        raise unimplemented(request.WhichOneof("consistency_selector"))
