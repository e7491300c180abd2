import { IconSchema } from "../parts/icons";
import { Empty } from "../parts/notice";

export default function SchemaRoom() {
  return <Empty icon={<IconSchema size={28} />} title="Schema" />;
}
