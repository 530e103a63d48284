var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) =>
  function __init() {
    if (err) throw err[0];
    try {
      return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])((fn = 0))), res;
    } catch (e) {
      throw ((err = [e]), e);
    }
  };
var __export = (target, all) => {
  for (var name in all) __defProp(target, name, { get: all[name], enumerable: true });
};

// ../../packages/dataset/src/extract/worker.generated.ts
var worker_generated_exports = {};
__export(worker_generated_exports, {
  WORKER: () => WORKER,
});
var WORKER;
var init_worker_generated = __esm({
  "../../packages/dataset/src/extract/worker.generated.ts"() {
    WORKER = `"use strict";(()=>{var ie=new Set("head script style noscript template iframe object embed applet svg canvas video audio picture map area button select datalist dialog frame frameset fieldset input label legend math menuitem nav noindex optgroup option output param progress rp rt source textarea track footer aside menu link meta title".split(" ")),Xe=se("nav navigation navbar subnav navbox menu breadcrumb breadcrumbs crumb crumbs pagination pager paging","footer sidebar aside rail banner masthead topbar toolbar","share sharing sharebar shares social sociable addthis addtoany viral follow followus","ad ads adv advert adverts advertisement advertising advertorial adsense dfp outbrain taboola criteo promo promos promotion sponsor sponsored sponsors partner partners","newsletter newsletters signup subscribe subscription subscriptions syndication cookie cookies consent gdpr","tags taglist tagcloud tag categories category-list","author authors byline bylines bio contributor contributors timestamp dateline date time","related recirc recirculation recommended recommendations recommend readmore morefrom trending popular teaser teasers","comment comments disqus respond replies reply discussion","widget widgets popup modal overlay tooltip lightbox login signin register registration","meta metadata postmeta rating ratings caption captions credit credits copyright disclaimer","skip hidden hide invisible noprint print screen-reader-text sr-only visually-hidden visuallyhidden","gallery carousel slideshow slider thumbnail thumbnails","button buttons btn search searchform toc infobox hatnote reflist mw-editsection reference","most-read most-popular more-on more-from more-stories read-next up-next next-up also-like see-also you-may"),Ie=se("bottom link links teaser header figure embed embedded pullquote pull-quote factbox readmore box info"),Oe=/(?:^|[^a-z])(?:(?:article|story|post|entry|main|page|blog|news|content|single|text)-?(?:body|content|text|main|copy|wrapper|container|inner)|body-?(?:text|copy|content)|has-sidebar|with-sidebar|elementor-widget-(?:theme-post-content|text-editor)|wpb-text-column|commentary|hentry)(?![a-z])/,Ye=new Set("navigation complementary contentinfo banner dialog alertdialog alert search menu menubar toolbar tablist form note tooltip button".split(" "));function se(...e){return new RegExp(\`(?:^|[^a-z])(?:\${e.join(" ").split(" ").join("|")})(?![a-z])\`)}function M(e){let{class:t,id:r}=e.attributes;return!t&&!r?"":\`\${t??""} \${r??""}\`.slice(0,400).replace(/([a-z0-9])([A-Z])/g,"$1-$2").replaceAll("_","-").toLowerCase()}function oe(e){let t=new Int32Array(e.length),r=new Int32Array(e.length);for(let n=1;n<e.length;n++){let{tag:a,text:i,end:s}=e[n];if(a!=="#text"){V.has(a)&&(n=s-1);continue}let o=0,d=!0;for(let c=0;c<i.length;c++){let u=i.charCodeAt(c),l=u<=32||u===160;l||(o+=d&&o>0?2:1,(u===44||u===12289||u===65292||u===1548)&&r[n]++),d=l}t[n]=o}return{characters:t,commas:r}}function K(e,t,r){let n=new Int32Array(e.length),a=new Int32Array(e.length),i=new Int32Array(e.length),s=new Int32Array(e.length),o=new Uint8Array(e.length),d=new Uint8Array(e.length);for(let c=1;c<e.length;c++){let{tag:u,parent:l,end:J,attributes:h}=e[c];if(u==="#text"){if(r?.[c])continue;let w=t.characters[c];n[c]=w,s[c]=t.commas[c],o[l]?a[c]=w:(d[l]||w>80)&&(i[c]=w)}else r?.[c]||V.has(u)?c=J-1:(o[c]=o[l]|(u==="a"&&h.href!==void 0?1:0),d[c]=d[l]|(u==="p"||u==="pre"||u==="blockquote"?1:0))}for(let c=e.length-1;c>0;c--){if(n[c]===0)continue;let{parent:u}=e[c];n[u]+=n[c],a[u]+=a[c],i[u]+=i[c],s[u]+=s[c]}return{text:n,link:a,prose:i,commas:s}}var V=new Set("title script style noscript template head textarea select svg iframe".split(" "));function ce(e,{prose:t,text:r},n){let a=new Uint8Array(e.length),i=new Map;for(let s=1;s<e.length;s++){let o=e[s];if(o.tag==="#text")continue;let c=(t[0]>200?t[s]/t[0]:r[s]/r[0])>(ie.has(o.tag)?.7:.4);(V.has(o.tag)||!c&&Ze(o,n,i))&&(a[s]=1,s=o.end-1)}return a}function Ze(e,t,r){let{tag:n,attributes:a}=e;if(ie.has(n)||n==="form")return!0;if(a===void 0||n==="body"||n==="html"||n==="article"||n==="main")return!1;let{role:i,style:s}=a;if(i&&Ye.has(i.toLowerCase())||a.hidden!==void 0||a["aria-hidden"]==="true"||s&&/(?:display\\s*:\\s*none|visibility\\s*:\\s*hidden)/i.test(s)||t==="precision"&&n==="header")return!0;if(a.itemprop==="articleBody"||!a.class&&!a.id)return!1;let o=\`\${a.class}
\${a.id}\`,d=r.get(o);if(d===void 0){let c=M(e);d=(Xe.test(c)||t==="precision"&&Ie.test(c))&&!Oe.test(c),r.set(o,d)}return d}var Pe=/(?:^|[^a-z])(?:(?:article|story|post|entry|blog|news)-?-?(?:body|content|text|copy|entry)|body-(?:text|copy|content)|articlebody|entry-content|post-content|fulltext|wpb-text-column)(?![a-z])/,Ge=/(?:^|[^a-z])(?:article|body|content|entry|hentry|main|page|post|text|blog|story)(?![a-z])/,Ke=/(?:^|[^a-z])(?:com|combx|comment|contact|foot|footer|masthead|media|meta|promo|related|scroll|shoutbox|sidebar|sponsor|shopping|tags|tool|widget|list|teaser)(?![a-z])/,Ve=new Set("#text a abbr acronym b bdi bdo big br cite code data dfn em font i img ins del kbd mark q s samp small span strike strong sub sup time tt u var wbr nobr ruby".split(" "));function X(e){return Ve.has(e)}function de(e,t,r){let n=Qe(e,t,r),a=0,i=0;for(let s=1;s<e.length;s++){if(n[s]===0)continue;let o=ue(r,s);n[s]=n[s]*(1-o)+(n[s]>0?et(e[s]):0),n[s]>i&&(a=s,i=n[s])}return a===0?[0]:tt(e,t,r,n,Fe(e,r,a))}function Fe(e,t,r){let{text:n,link:a,prose:i}=t,s=r;for(let o=e[r].parent;o>0;o=e[o].parent){let{tag:d}=e[o];if(d==="body"||d==="html"||e[s].tag==="article")break;let c=i[o]-i[s],u=n[o]-n[s],l=a[o]-a[s];c>.3*i[s]&&c>.6*u&&l<.12*u&&(s=o)}return s}function ue(e,t){let r=e.text[t];return r===0?0:e.link[t]/r}function Qe(e,t,r){let n=new Float64Array(e.length);for(let a=1;a<e.length;a++){let i=e[a];if(t[a]){a=i.end-1;continue}let s=$e(e,r,a);if(s<25)continue;let o=1+Math.min(s/100,3)+Math.min(r.commas[a],10),d=i.tag==="#text"?e[i.parent].parent:i.parent;for(let c=0;c<6&&d>0;c++)n[d]+=c===0?o:c===1?o/2:o/(c*3),d=e[d].parent}return n}function $e(e,t,r){let{tag:n,parent:a}=e[r];return n==="p"||n==="pre"||n==="#text"&&!X(e[a].tag)&&e[a].tag!=="p"?t.text[r]-t.link[r]:0}function et(e){let t=e.tag==="article"||e.tag==="main"?25:e.tag==="div"?5:0;e.attributes.itemprop==="articleBody"&&(t+=60);let r=M(e);return r===""||(Pe.test(r)?t+=40:Ge.test(r)&&(t+=15),Ke.test(r)&&(t-=25)),t}function tt(e,t,r,n,a){let i=e[a].parent,s=Math.max(10,.2*n[a]),o=[];for(let d=i+1;d<e[i].end;d=e[d].end){if(t[d])continue;let{tag:c}=e[d],u=r.text[d],l=c==="p"&&u>80&&ue(r,d)<.25;(d===a||n[d]>=s||l)&&o.push(d)}return o}var nt=new Set(["h1","h2","h3","h4","h5","h6"]);function le(e,t,r){let n=new F;for(let a of t)rt(e,a,r,n),n.flush();return n.blocks}function rt(e,t,r,n){let{end:a}=e[t],i=[];for(let s=t;s<a;s++){for(;i.length>0&&i[i.length-1].end<=s;)i.pop().close();let o=e[s];if(r[s]){X(o.tag)||n.flush(),s=o.end-1;continue}let{tag:d}=o;d==="#text"?n.text(o.text,o.parent):d==="br"?n.lineBreak():(d==="td"||d==="th")&&n.inRow?n.cell():d==="a"&&o.attributes.href!==void 0?(n.link++,i.push({end:o.end,close:()=>n.link--})):d==="b"||d==="strong"||d==="em"||d==="i"?(n.strong++,i.push({end:o.end,close:()=>n.strong--})):X(d)||i.push({end:o.end,close:n.enter(d==="tr"&&!at(e,s)?"div":d,s)})}for(;i.length>0;)i.pop().close()}function at(e,t){let r=0,n=0;for(let a=t+1;a<e[t].end;a++){let{tag:i,text:s}=e[a];if(i==="table"||(i==="td"||i==="th"?(r++,n=0):i==="#text"&&(n+=s.length),n>300))return!1}return r>1}var F=class{blocks=[];link=0;strong=0;inRow=!1;parts=[];last="nothing";linkLength=0;strongLength=0;kind="paragraph";node=0;preformatted=!1;text(t,r){let n=this.preformatted?t:t.replace(/[\\s\\u00a0\\u200b\\ufeff]+/g," ");n===" "&&this.last!=="text"&&!this.preformatted||(this.last==="nothing"&&(this.node=r),this.parts.push(n),this.last=n===" "?"space":"text",this.link>0&&(this.linkLength+=n.length),this.strong>0&&(this.strongLength+=n.length))}lineBreak(){this.inRow?this.space(" "):this.last==="break"&&!this.preformatted?this.flush():this.last!=="nothing"&&(this.parts.push(\`
\`),this.last="break")}cell(){this.space(" | ")}space(t){this.last!=="nothing"&&this.parts.push(t)}enter(t,r){if(this.inRow&&t!=="table"&&t!=="tr")return this.space(" "),()=>{};this.flush();let n={kind:this.kind,preformatted:this.preformatted,inRow:this.inRow};return this.node=r,nt.has(t)?this.kind="heading":t==="li"||t==="dd"||t==="dt"?this.kind="item":t==="pre"?(this.kind="pre",this.preformatted=!0):t==="tr"&&(this.kind="row",this.inRow=!0),()=>{this.flush(),this.kind=n.kind,this.preformatted=n.preformatted,this.inRow=n.inRow}}flush(){let t=this.parts.join(""),r=this.preformatted?t.trimEnd().replace(/^\\n+/,""):it(t);if(r!==""){let{kind:n,linkLength:a,strongLength:i,node:s}=this;this.blocks.push({kind:n,text:r,linkLength:a,strongLength:i,node:s}),n==="item"&&(this.kind="paragraph")}this.parts=[],this.last="nothing",this.linkLength=0,this.strongLength=0}};function it(e){return e.replace(/ {2,}/g," ").replace(/ ?\\n ?/g,\`
\`).trim()}var st=/(?:^|[^a-z])(?:byline|author|authors|writer|posted-by|post-author)(?:-(?:name|link|names))?(?![a-z-])/,ot=/(?:^|[^a-z])(?:date|datetime|dateline|time|timestamp|published|publish|pubdate|posted|created|posted-on)(?![a-z])/,he=/author|byline|writer|date|time|publish|posted|created/i;function ge(e){let t,r;for(let n=1;n<e.length&&!(t&&r);n++){let a=e[n];a.tag==="time"&&(r??=O(Q(e,n)));let{class:i="",id:s=""}=a.attributes;if(!he.test(i)&&!he.test(s))continue;let o=M(a);o.includes("comment")||(!t&&st.test(o)&&(t=Y(Q(e,n))),!r&&ot.test(o)&&(r=O(Q(e,n))))}return{...t&&{author:t},...r&&{date:r}}}function Q(e,t){let r="";for(let a=t+1;a<e[t].end&&r.length<400;a++){let{tag:i,end:s}=e[a];i==="script"||i==="style"?a=s-1:r+=i==="#text"?e[a].text:" "}let n=r.replace(/\\s+/g," ").trim();return n.length<=120?n:""}var ct="jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december monday tuesday wednesday thursday friday saturday sunday published updated posted on".split(" "),dt=new RegExp(\`(?:[\\\\s,]+(?:\${ct.join("|")})\\\\.?)+[\\\\s,]*$\`,"i");function Y(e){let t=/^(?:(?:written|posted|published|story|text|words)\\s+)?(?:by|von|por|par)\\s*[:\\s]\\s*/i,r=e.replace(t,""),n=r.search(/\\s*(?:[|\u2022\xB7@(\\d]|\\s[\u2013\u2014-]\\s)/),a=n<0?r:r.slice(0,n),s=(/^\\s*\\d/.test(r.slice(a.length))?a.replace(dt,""):a).replace(/[\\s,;:]+$/,"");return/^\\p{L}/u.test(s)&&s.length>=3&&s.split(" ").length<=12?s:void 0}var ut="jan feb mar apr may jun jul aug sep oct nov dec".split(" "),lt=/\\b([a-z]{3,9})\\.? (\\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\\d\\d)\\b/i,ht=/\\b(\\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\\.?,?[ -]((?:19|20)\\d\\d)\\b/i,ft=/(?:^|\\D)((?:19|20)\\d\\d)[-/.](\\d\\d?)[-/.](\\d\\d?)(?!\\d)/,gt=/(?:^|\\D)(\\d\\d?)\\.(\\d\\d?)\\.((?:19|20)\\d\\d)(?!\\d)/;function O(e){let t=ft.exec(e)??void 0;if(t)return I(t[1],+t[2],+t[3]);let r=gt.exec(e);if(r)return I(r[3],+r[2],+r[1]);let n=lt.exec(e);if(n)return I(n[3],fe(n[1]),+n[2]);let a=ht.exec(e);return a?I(a[3],fe(a[2]),+a[1]):void 0}function fe(e){return ut.indexOf(e.slice(0,3).toLowerCase())+1}function I(e,t,r){if(!(t<1||t>12||r<1||r>31))return\`\${e}-\${\`\${t}\`.padStart(2,"0")}-\${\`\${r}\`.padStart(2,"0")}\`}function Re(e,t=""){let r=Rt(e),n=(...w)=>w.map(k=>r.get(k)).find(k=>k),a=n("og:title","ld:headline","twitter:title","h1","dc.title"),i=a?bt(a,n("og:site_name")??"",t):pt(n("title")??""),o=[n("article:published_time","ld:datepublished","datepublished","dc.date","dc.date.issued","date","pubdate"),n("publishdate","sailthru.date","parsely-pub-date","time","ld:datecreated","article:modified_time")].map(me).find(Boolean),d=n("ld:author","author","article:author","dc.creator","byl","parsely-author","rel:author"),c=d&&!/^https?:/.test(d)?d:void 0,u=o&&c?{date:o,author:c}:ge(e),l=o??u.date??wt(t),J=c?.replace(/^by\\s+/i,"")??u.author,h=n("lang","content-language","og:locale")?.toLowerCase().replace("_","-").split(",")[0]?.trim();return{title:Z(i,500),...l&&{date:l},...J&&{author:Z(J,200)},...h&&/^[a-z]{2,3}(?:-[a-z0-9]+)*$/.test(h)&&{language:h}}}function Rt(e){let t=new Map,r=(n,a)=>{let i=a?.slice(0,2e3).replace(/\\s+/g," ").trim();i&&!t.has(n)&&t.set(n,i)};return e.forEach((n,a)=>{let{tag:i,attributes:s}=n;if(i==="meta")for(let o of["property","name","itemprop","http-equiv"])s[o]&&r(s[o].toLowerCase(),s.content);else i==="html"?r("lang",s.lang):i==="title"||i==="h1"?r(i,D(e,a)):i==="time"?r("time",s.datetime):i==="script"&&s.type==="application/ld+json"?mt(D(e,a),r):s.rel==="author"?r("rel:author",Y(Z(D(e,a),200))):s.itemprop==="author"?r("author",s.content??Y(Z(D(e,a),200))):s.itemprop==="datePublished"&&r("datepublished",s.datetime??s.content??D(e,a))}),t}function D(e,t){let{end:r}=e[t],n="";for(let a=t+1;a<Math.min(r,t+50);a++)n+=e[a].text;return n.slice(0,5e5)}function mt(e,t){let r;try{r=JSON.parse(e)}catch{return}let n=[r];for(let a=0;a<n.length&&a<2e3;a++){let i=n[a];if(typeof i!="object"||i===null)continue;let s={...i};if("headline"in s||"datePublished"in s){for(let o of["headline","datePublished","dateCreated"])typeof s[o]=="string"&&t(\`ld:\${o.toLowerCase()}\`,s[o]);t("ld:author",ee(s.author))}n.push(...Object.values(s).slice(0,200))}}function ee(e,t=0){if(typeof e=="string")return e;if(!(t>3)){if(Array.isArray(e))return e.slice(0,20).map(n=>ee(n,t+1)).filter(Boolean).join(", ");if(typeof e=="object"&&e!==null&&"name"in e)return ee(e.name,t+1)}}function pt(e){let t=e.replace(/\\s+[|\u2013\u2014\xBB\xB7-]\\s+[^|\u2013\u2014\xBB\xB7]{1,40}$/,"");return t.length>=.4*e.length?t:e}function bt(e,t,r){let[,n,a]=/^(.*\\S)\\s+[|\u2013\u2014\xBB\xB7-]\\s+([^|\u2013\u2014\xBB\xB7]{1,40})$/.exec(e)??[];if(n===void 0||a===void 0)return e;let i=$(a),s=$(/^https?:\\/\\/([^/]*)/.exec(r)?.[1]??"");return(i===$(t)||i.length>3&&s.includes(i))&&i!==""?n:e}function $(e){return e.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu,"")}function wt(e){let t=e.slice(0,2e3),r=/\\/((?:19|20)\\d\\d[/-](?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|[12]\\d|3[01]))(?=\\D|$)/.exec(t)?.[1];if(r)return me(r);let[,n,a,i]=/\\/((?:19|20)\\d\\d)\\/([a-z]{3,9})\\/(\\d\\d?)(?=\\D|$)/i.exec(t)??[];return n?O(\`\${i} \${a} \${n}\`):void 0}function me(e){let t=/^\\D{0,12}((?:19|20)\\d\\d)[-/.]?(\\d\\d?)[-/.]?(\\d\\d?)(?!\\d)/.exec(e??"")??void 0;if(t){let[n,a,i]=[t[1],t[2].padStart(2,"0"),t[3].padStart(2,"0")];return+a>=1&&+a<=12&&+i>=1&&+i<=31?\`\${n}-\${a}-\${i}\`:void 0}let r=e&&/[a-z]{3}.*\\d{4}/i.test(e.slice(0,60))?Date.parse(\`\${e.slice(0,60)} UTC\`):Number.NaN;return Number.isNaN(r)?void 0:new Date(r).toISOString().slice(0,10)}function Z(e,t){return e.replace(/\\s+/g," ").trim().slice(0,t)}var vt=[8364,0,8218,402,8222,8230,8224,8225,710,8240,352,8249,338,0,381,0,0,8216,8217,8220,8221,8226,8211,8212,732,8482,353,8250,339,0,382,376];function xt(e){return e===0||e>=55296&&e<=57343||e>1114111}function pe(e){return xt(e)?65533:e>=128&&e<=159&&vt[e-128]||e}function be(e){return e-1>>>0<127||e-160>>>0<55136?String.fromCharCode(e):String.fromCodePoint(pe(e))}var T=(()=>{let e=new Uint8Array(127),t=0;for(let r=33;r<=126;r++)r!==34&&r!==36&&r!==92&&(e[r]=t++);return e})();function we(e,t,r,n,a,i){let o=e.length,d=i*90,c=0,u=()=>{let f=T[e.charCodeAt(c++)];return f<i?f:f*91-d+T[e.charCodeAt(c++)]},l=r-n,J=r+a,h=new Int32Array(J);h.fill(-1,n,i),h.fill(-1,i+l,J);let w=new Int32Array(J),k=new Int32Array(J);function R(f,v){let g=0,A=v,B=v+f;for(;A<B;){let j=T[e.charCodeAt(c++)];if(j<89)g+=j,h[A++]=g;else if(j===89){let W=T[e.charCodeAt(c++)]+2;for(;W--;)h[A++]=++g}else{let W=T[e.charCodeAt(c++)];g+=89+(W<90?W*91+T[e.charCodeAt(c++)]:T[e.charCodeAt(c++)]*8281+T[e.charCodeAt(c++)]*91+T[e.charCodeAt(c++)]),h[A++]=g}}}R(n,0),R(l,i);let C=new Int32Array(a*2),L=0,m=0;function p(f,v){for(let g=0;g<f;g++){let A=v+g,B=u(),j=u();C[m*2]=B,C[m*2+1]=j,m+=1,w[A]=L;let W=(h[B]<0?k[B]:1)+(h[j]<0?k[j]:1);k[A]=W,L+=W}}p(a-i+n,i+l),p(i-n,n);let x=new Uint16Array(L),H=0;for(let f=0;f<m;f++)for(let v=0;v<2;v++){let g=C[f*2+v],A=h[g];if(A<0){let B=w[g],j=B+k[g];for(;B<j;)x[H++]=x[B++]}else x[H++]=A}let _=new Uint16Array(t),N=0;for(;c<o;){let f=T[e.charCodeAt(c++)];f>=i&&(f=f*91-d+T[e.charCodeAt(c++)]);let v=h[f];if(v<0){let g=w[f],A=g+k[f];for(;g<A;)_[N++]=x[g++]}else _[N++]=v}return _}var ve=we("!}.&u%}'&}*'~!6*)%&,~!J~!J~%L~y<~!R,~~%Lu~~#GD~~#|)1#%}^%}2%+#.##%##%}&%##%'#%##&%#%#'%#&#%#&#'#%%#&#%##%#)%''%&%#%#'%#%%#%%}%%%#%#&(23#%%#&-%0%('1#(##%#'##+%'*.:1}#%#6-+(%'%%#%%%}#L'2351&('%}&/N'(0(/*-%(%%}#'+&T%7.2}#&%&#%#36/5##%&%%#&#%%#))2%%##%&&'0~!#*+&'%1~!%).'3q?&%'1~!.##%6(~!+%%%(Gw'rT~!E#<nA%#jZ~!H%(~!42##~!*31&~!G%U~#)5~#\`3~!J~!Z~%]~%Y~%C~!q~!u~#kz~%#~!6'~!D~!U~!?~#T~!c%~!G#'~%7|~!G~!J~!G&~#pb~(Df}#%}*&}#%##%##%##&#-}&'#'&%#.++}%mI,#,@&(}*%}*'%&##&#%##%}&0}#.},U},%}+%}&%}#%##&}B%(}(%}+%)})%##%#&}&%##%&}<%}>%#%&}*%}(%}9%}/%})%}*%}*%}?&}&%}3%}&*#%})%#%#)}#&#-#+*%E%%'%'#%}#*V##&##I}#&&##%&%#&&Qf%%))w/0+&%#(#.%-''''++++7}>%4'',##1,#%#&%##&#'##&#*#9)%&%}#*}%,#+P(%A&%#'&##wSD',9E00#y#@}(+}&%&>~!#~!X}#*}(&&}(&}(,%}%&#+&}#&}I%#%}%)#(},'%#*}4%%#%}(''}#/##(##),%-##%%)#&}(.}&%#&}%%}*&#%},&&}&%}#%*'#%})%}D&}&%}-&}6&#&}-,%}#%})-(~+\`~,=?~I9'9%~!,#%})%})%}@%}?%}(~!?~#<~#pP~#BG~#=1#%K+~#?#~%;)~#A~#mF1~#A'~'X%'~#lR~#N~'N~#r~#m#-~#i'?%#'%~#B%##%,%#~#_%#0%~#]732~,w~2+#:&#%&'0%&>%}#>##F+)#%&&#(+_}4&}-%}(&}@&}O7Fdf0@+/v4}&WU##&/0#&'('B#%}.%}'+#%}#%%&#&%#%##+#&#)#6#'#.},%}c%},%#%##%&#&%#&~#>'*-.%##%##%}#%%}%'~#)D1}#%*&~#_%%'(~#S2%'.}#~#=##*'*-%}&'%'##&&~'E%.#&~#M4}%%##&'%#~#O1##%&#'+~#<B%##%%'%+~#;#@%}#&%#&&%#(~#H1}'%'##&&~#?A}&'~#D#%32}'&&&&~#[}'(#%}'~#;C})&}%%#%~#=&%,3}%'(#%%~#^'#&&)#%'~#Y%-~#d-%'~#^%%&#&&&}#~#b~2t*&'~&(~&@~0%~e~3}%*''0})&}+~!9##-}#%-hD*)1fC#%/&/fB#40~!+#)*4~!+~!K'&:~!/*7~!.#~!H~!L':~%x&~!H#~!*~%1~!I#~!+A~#p'~!F~~#-#~,,(~.Z~!V~%;'B'mq-W~!N~%I%#&&#&}#%},%%}'%}+X#%}#&}(%}'%}<%}#%}%%'}'%}:~![)9@~%>~#UA%-%##&~!C%~!-.9:~!1~!-^2/:a~!y,D*J#-5)/4~%23,~#G~!L1~!0X3\`~!2+~!!0-~&E~!W~!o,>Y&]~%cZx_&~#O*9#A#'#+I'%#)~!0B*-5A+-((F&*M#)(-7-5+'-3a5Vi~!Y~!?+[)%3),ERHm~!+:D,VG.+)?fB%%*(%)'(#&80%1'8\`K8?\`+'Z#&O&'H5#*9)A%%5&3))0%39+.*7#()&&*=4@**L)<'_&*+..;(#*+)./&0#3)%')-8(4ixD(&.}%,('aI:,)%,k2231T)I'#/-W7,/'Q#.'Y24+h')37</31&83##&0#),H(?'&?/1##%#&&#%''-%&&&#(&''&#.-'%#%%(,')*'&#&#'##%(%(#%('#&##%%%%('%#%#%%#%#&%##h>w+v<ayvyvcg.uuhKr}g/v|g>u9i[~>g5uI~=RvdwEg;v/g;uk!!TTSx]@RT!U!#!@VBRUU!'UTe-d0c\`e&gSdicedFcrdTaqb.kYcAohdYd@a3e+d}dMdtd.aJ#bqcK\`dle/e.e'dwdPdodddjbEb}ogd^ofdpduc6j?l%d{drdqc)d7bacOdQ%T#Y)X.sR[yH>6Vyv3[xwLu>vo'!*.[yBacahoj>6Rew3[xqdZa#!a&#^(X-[yG>6Vyu3[xvg3sEr|g.u/Ri9db0T#^(Xa)!-[y;>6Vylg4wKs{JwNZt3@3r=c4Z([xlg;wKt!cpq's@v7A'*a(a+!-a#[y<3Dt?3Dt'>6Vym3[xmg9rxsNJwLZt4~?r?db1T#\`-!(Xa,!0[yS>6Vz%NuQs.g4wKtnJwNZtS@3r>c4Z([y%g;wKtrdga8!a(!#&T*Y-Xa#!a0<or[yc3Dtq>6Vz43[y3JwNZtf@3s!Ju}!%Dti:pm3c_%X#tjB5pkd6q!r]u?voC'*-a.a2!0a&a+[yI3DtI3Ds~3DtH>6Vyw3[xx;:s#~<5pKJwNZtE@3r~d\`a)!a2T#a.(!+U.X1[yT3Dt\`3Dtv>6Vz&3[y&g9rxwzcxstPu.<rAJwLZtT~?r@dZa%!a.&^*Za(/Reu[ya>6Vz23[y1g3sEr}wkg{NuQRg{ci(U#5@b\`~,cg#U(2WnH5wugcRh7dX#T(Y,a'Ta!!a,[yZ<]mj>6Vz,3[y+Pv#5ReZKu+=,%!H}7ABwkaS?Rh:BcW(X#<]mrj:ubv/ARekdg%!(!a.*Ta(Y.X1!#sP>Rl*Dt6[y>>6Vyo3Wf*jOvuumvuRgRJuq*!:9<B@bX~3jVv&v@s@5Re[d/rQt{uAvo&a&a*)a2!,0Wf!3Dt0=Bs'>6Re}3[xy~<5s%JwJZt1~Gs)c;&!#2sJkNuXvzq7rxu,Re8dka4!a8(aEZ+a@Y.X1Xa)[yd=Bs(3DtP>6Vz53[y4cX#X&Re:avRe9~<5s&JwJZtQ~Gs*i^rzvdRg+Jv{%!2sbB@bX}kdga,!Za?&^*T1/!a'Dt+[y6>6Vyf3Wf%g/u;s4hGu6?Rh-JvZ,!c%#&RoX54Rivj7uyvf8RgTKvZB%*!2sGh<vu5Rgq<=C::9bb~#dZ#T&Ta6Y.X*Dt>[y93Wf)coZ(T,6VyifluvRgC@95@B@bX~/hFu34cC#T,k/unq8w8Q5RkUklwQuzunq8w8Q5Rk8d/rJu?v8w9)-&!a0a;a&aIWejg3sEr/h1s<DtDJvyZqY5aws3Jvy!&Wei~Hr1:au5@Bag>23E~5c:Z&bX};kKv?w&unuVu5Rjc;>bs)#~@:Rh.=ay<a]C;b\`}Vd6s/t{uAvoaxa()!a,a7%-a#a2Dt,[yF2Wo[>6Vyt3[xuNuPRi&NuPwpi#RoWh?vf8Ri%Jv]!%Ri:KvxD!.'2WeAjZu\`q9rxu,Re7woeAg-unLq(qA_/*2Wg_g3u5q^9:4E}/jTrxrzv=Wkkd~0UX#^^Xa-a1a5T&a=U1a'*aEa]!a*aPaA-adok[y54Rn>;:p3~Dp5g9rpsFNvZqjg3uJp4~<5p0Pw;5qlJwNZt*@3p1Pw:5p/Ou!5p2JvG'!6Vye=<qnJvh_[xhg3v,Rh3kOwOw-sDuev/Re^dha[a%!%!a+#Ta7)-5TaCaO!aka!a)sf[yb2>Rl!9ARiq5E}Qg=ucRkBE|oJrJ_@Wk~@Wk{JrJ_@Wk|@WkyJrJ_@Wk}@WkzJvO_[y2g-vMRmiKuYC!)&>Ri;>Ri<@3RkNc](X#@9Rk=g5vuRmhKvDB!+'=]meg3u4Rmgd)#Y'Vz3CARmfd\`a+!%T'!+#Ta1Ta6TaM-sTDt9[yA9sYd'%Y#s[[xpj:ueunaXRgEjRq,v-vuqdd2'\`#6Rev<32@5>:2<E}5xIo9a*X#Y(;5RePJvD_g>vyRgNj8w)v8<wggs:RgXiZt|vjx,hSq3ah!-(~@:Ro/Ou!5RhWj^v(pyw8unRhUdx-UY#^Ua.a3a70!)%UX1TaDa)'omRiRRhE[y:3Dsz=Br,>6Vyj3[xkg6ruwjcqsrPw;5r*Ku]D'Zt-@3r(~?r.i[vwv]dU1a--U#\`a4(g/vsRhPOu!5RhLj:rmu9Wo!~@:wdh@g/vsRiTjXuvvNr}:RhBj^v(pyw8unRn]dz1UYa'a+^Y(!aETZalaRY.Ta?a4[yDJw1!#qLsW>6Vyrfzq-pLflpwRe|Js>%!Dt@3Dt&Jvy_[xs~HrnjMuwpsw'RecKu+D#'!t<~Grl~?rjg5u-x,gwp{ah!-(~@:Rg~Ou!5Rh'jXuvvNr}:Rh#cW#X/c;&!#2sLi[v7u7RgpJv)(!iLrxu,Re6j7v@s@5Se[e7d\`aW!Za(a\`T.a#!a3!&aDa-!9)Dt_=6s+3[x~~DR|h~DS6avhGun5RkZj3w)v-]mkKunB!&*]kb97R|i<ARk<c:Z(6Vy}Juh'!wziMRoS:F|vkLuauJv5vtvQRh1d='T+Y#VyO~DR|jcF#T'7R|g97R|kJv3'!ay<Rj,Jvh&!:ReXcsa6*a+#a#_aIRf9aLRf?c,Z&Rf5Rf7c.Z&Rf;Rf>cQ#%T'p-Rf8Rf=ct#%'(*!,p,Rf4p+Rf6Rf:Rf<d~'Ua%U*^UYa(!a,-!#a4YaTalaEX0a8a<Weo3Dt/3Dsx=Br93Wen~Dr;~<5p<JwNZt2@3p=Pw:5p;Ou!5r3c7&!#:p>3Ds}KvGB)_6Vyk2sM=<r7x'eovA(!hFu1ARf}cV#X&@r5j6rvwQa^Rf3c=Za'wkghJv__g;unRggA53B9=b^}%j6uduo5Jq;!(hIv%2Re\`Ou4ARe_e%a#^^^Xa&!a*a2!&a6YaP!*ad!#a:aE/5Rn?[y@>6Vyp;:pE~DrY~<5pBJwNZt8@3pCh=rt3rWPw:5pAJup_[xoNuPpF9c!#'45pD5ARn)d8#X'X*3@rU72s]h>v<<sSjJpqvewOJq/(!hNw'5ReBk0s2u3w/w'5ReE5@Jq.!a+JQ!&WeU23d(#Y&RjG5]jBk!u7w&u0udARjEe#+^^^Ub#!a2/a\`Z(agT1!a-a;|@TaG!aS[yV=Re~fow'RguNuPRe?bz#'>RoUWeL>:Cbb|?JwPZtVg6ruRmzJvD'!6Vz(g/vmRh~Jvy_[y(g9voRgyx*cy(#2>Ri2B9b]~9kIw9u7rluJu3Rg]dI#a%UY'@=p%CAx.gQZ&RhwwygtRm{x5g_Z'+ABqR9Woa=Bp&dV#^*Xa'!&@o{g4v]Rk;Jv{!%Rk[wkkiA5RkiwwfUB=x,fUuqC&*!>RfTg8v0RfV~ARfSd;rJsAuAv9wR'ae+/aO!a@aza/a#[yQ@Wg!2Wemg3sEr0JvB_g>uvReWg2v+Re=KupB_+[y!2AbY~-~Hr2AJwD!(h<~El>h<~El?Kun@+_:9b\`}Kg-v/Ri3g;vtwyk_9]k_d=&T#*U.6qh@Ab\`|K9:H|CJv[!&3Dtex'fDwC%!Rf[9WlMd[(^X,!a%Z06Vz!@WgBg=v~Rgvg,QRe@awd,#Y+jTv|Q~EfWj]uNr|~FRfXdy#Y&^Ua%!aO.!(a)Ua;=!a@aKap!a-,a!Ta]a[rSa]p?[y82sK=Bq~;:p:~<5p8Pw:5p7d'#Y'Wf(;RnRi[u4w&RgJJvG'!6Vyh=<r#ijuuv/sIKuYD'ZtG@3p9~Gr&d2#\`(g<vtRgFj\`u5w&rqpxRf2CJuY!+:wfnTOu!5Rg}jNs1ucv&RfwJvA!&3@q|BDcC#T,k/unq8w8Q5RkTklwQuzunq8w8Q5Rk9dga#!a'!a=#a0!:+Tb*b@aO.a4!aba8aFJv^}?!VyR~Dr<g;u%Rn.~<5p[x'e\`wNZtR@3p]Pw:5pZhNvjBp.woe_g5u-r4JwF!%DtO3:ooc7&!#:p^3DtpLuGw(!+%)Dtk6Vz#2sd=<r8d'#Y([y#<x3gJt\`w@!)%}MRiowzikRij=]ilxAf3,U(#B2Rf#g0v-Rm[ck{\`U#]giKv3>)!&6Ri154s,KuGB_%@r68r:dJ|t\`#X(9<E|u2@H|rx3gJu?w'!+'1Nu7Reg4=H~+9<wxgY95Rm]xLggZ-\`(X}U2:Ri4h<uOawRmsJv__5@bb{jbV~3dka#a'a]!,#a+U=a>b6a3b%!/aKa/)!arwve^VyJ;:pR~DpTg3uJpS~<5pOPw;5qmPw:5pNOu!5pQJvG'!6Vyx=<qoJvA!{~Jup!%@qk7Rn/KvyD!}''[xz;>wkh'?Rh,x8gyt\`w5D!&),(SgyccRgztJ@3pPB5p#d'(Y#<]mmifubw&RgoJvE&!82s^JvF&!8Rf,ADb]~;x=h'rNu]vK!,%'*0RnORh)4Rh*AqQg-vaRnNg;wHwkh'ba~4cE#Ta*x3gctyw@'!+%RnFRnD<4Rn@hFvK5RnCxWg[#\`&a0Ua()\`1Rm75Rg[c]%X#qi8Rg^NvdRj>BwzgZauwji7Rm6A4wgg]d1#&(*,.0a#Rm;Rm<Rm=Rm>Rm?Rm@RmARmBe%#^^^Xaea?aC/b+(,!a+a#!a/!>a&Ta<aKbD!2wphBRnk[yPw}hE|.=Br-3Dtm>6Vy~g6urRf.x,hPrNav!%'RnqRo%Ro#Nu;q[Pw;5r+JwNZtM@3r)d'#Y'Weh;xChL#\`&RnmRnoKu}>%(!Rne~Bs-;2wjcussJv+'!aYSO}6@B<5?ba~8LrNvj!.%*ROwungw~ng~:9;Ri^>wtnig;wHRnixDh@|(UZ.x1h@|)!#:2<H|*xHn]#-UX'3Ro)z=iT}6ARns=Bwsn_wpnaRncw]aR(#UXa&Ua*a/=]iPd'#Y&Ro'WnXf{QRm2hNvj]nZd\`'T~&1\`{|\`#9b]{}c:'!#Wl{>@=be}]?cl{{U#:5Abb}Jds#^YaF!a*b4a#a3aPa>&Tb!bH!*a_!Eau?/a&RjY<]gj>6Vz*;:pe~DrZg,QRj1JwNZtX@wihspcJvZ&!VyX9WmOJu|!|N2WmHJvh&!]ht~Bpbcn&T(!#RmQ<s7Nu;padH#X'\`+WmJ@>RmKCARhnKup=!)&Wf+:RhqNuPpf9c!#'45pd5AwghpARn(Ls@w!%,)!RmP@Wfe<E|IJva!&WmNg8vsRmLd\`*.\`#Y'Xa!axRn*]hrA8Rhug5s@rXg8u!RmMd8#X'X*3@rV72smdI*#UY&RmICARho~GsgxVgd)Ta'U-Y&Xa!T#RnEWnA@Wffg1uDRi0hFvK5RnBxGnG&#\`%owp)@wsf+bX}Ze-*1!a*^^^Ua|!#a.aq&Ya2!a>.a6!a:aO\`aJDtL[y\`@Wg#>6Vz12@wzoYRoZNuPRi!NuPRhzg=ucRi,@=b\`{Yg=ucRi-ACJvB!&Sh[ebSh]ebi\`wUuFRm4Jw2_[y0JvB!.<Ju(!&SoG}6Shd}6<Ju(!&SoH}6She}6Kur@._g5vHRieJvx!{L2G{Kx6gd'T#?Rh82Wi5cZ#X(g1w)Rm5dW-Y(Ta#!a)!#aYa=wnfE=su2>>bU{0j9udv:<svj8uQv-7RgHdE%#^'sq9sp=>Bb_{TJv\`!&g/r|snj6v(us5d,#Y(56H}[978H}]Jw5!&g1rushJvB!+j;v{u5?zDhd}6}bj;v{u5?zDhe}6}ce*#\`(^^^a[aea!=!a6a*aoXb1a.!aAbL!b>,b'aL!aV@Wf|2Wlg3[y/JwNZt^@3piPw:5pgJunZou3@rsJva&!Vy_g<v~Rm#JvG'!6Vz0=<r{Ju{%!:pj@WfsiXuJu3Rm:JvZ&!WfA~Bph@c4Z&Dtwax5rubx(#:awRk1@d,#Y&RfjRfid1#,Y(@Wfp2Wlrg5s@ryKu[@!,'=]ig9wlk?Rk>g5u-rqJvy'!@9RkQcH(T#=>Ri~@<wkj(Wj(KuZB*!&<7rw@9RkRcH(T#=>Ri}@<wkj)Wj)dg(Ta2Xa9X#\`-!a*CARhg@@=I}d9x;c~#X%so=<sj>2@@=aybb}XjWv0Q~EfEj3vLv;<d,#Y(56H}\`978H}_dgaPaFa'a/!#a3Y0a_a;a|!1(a7-[yE3[xt;:pJNvZrrg3uJrvJwNZt=@3pIh=rt3rxPw:5pGOu!5rpJvG'!6Vys=<rz@c4Z&Dt(ax5rtJvZ!&~BpH@wsfNg-vaRlNci*U#=<wei<F}a5@Jq.!a*JQ!%@qZ23d(#Y&RjH5]jCk!u7w&u0udARjFd/prq=tyvpaEa(a:.!a1aZ(@@=I}:9wpd%=<sX55w_h}@@=I{t=ay<aU@@=I}T=ay<2@@=I})?C9:9au@9Cb]}DP~=x-fAZ(2Wl1=ay<aU@@=I}>5@d##Y+jTv|vV~EfFj]uNpn~FRfGdgaK!Z2&!a8a-Tb({E!acTbM*!a(DtY[yYd'%Y#sl[y*hHvh>Re5x2c{Z}.j4uCvcawRiMd+#X+_x&d!},<5RkX;2Hzw@x,gavfB-!{CcF&T#Roe;RodwWbBg5urRgaKvHC*_6Vz+<4opieuew&Rmq@d]&Y)X,T#X0Rh}<BqP=4qS9:ReMg/ujReNJw0!/<Jui%!bd{kawwnemRelAxUa?a3#*.&UX(Ya+a/RhvRnQ<o}9Wmtd-#Y&RgSRmw9;Rmxay=Rmyg-vaRmuxEhSrNu,v-voC!%(aR.a(a7+1Ro1>Ro5CE{A9b]{@;5x#eO{:g;urRi+KrNA!%(Ro3>Ro79;Ri_Ku@>{;&!x%gX|{KunA_+g5QRj/g3u5Rj#g>uERj%wio/xRhS&!,!#^1U}wba{8>>@=be}qC@:D5ba{7Ku+A&!}x?ba}t>>@=be}se(aA^^^Uat!b0#{pa+awUazbGa#aLb9bgaWac'a5TbS=Br!d1#\`%scp_Jvl!#rT>Re0JvX&!VyN=H{Fcm#U&:pY=ReaJv2&!]h0=]nUJvG'!6Vy|=<r%JrM_=]h2@Wlud'#)U'Wf'b]{i=]h/Jvh!&~BpWg=v]RnMx+ny#'Nu;pVwjnu=]nwxJnx,T#\`&Reqwjnt=]nvieu9vrRjLLuYwP(#+!th@wih5pX~Gr'g5v/Rh4KunA'!-CARnP@wwiN:Rm_9x'cvw>!|l=<saKvAA!0&3@q}>w^e1bp#&Re2Re3BDx7gH#T|f5H|eKuZ>!%(:qNAH{]Jv6!+3B2B9=b^{X<5<B92:E{ZLvhwA(a;a%!igQuyRmad+#Y}m@3Rh5d8#X'X*:AqUAHzmaxwbh<aXRnVcF}RT#Nw&cj#U(BWnug/vsRntdka)(a3+.Zb7aYYan1!bVa@Xa}[y^@b[{G=H{+hFu73Rj&Pv#5ReQcK%T#sig1v{Rj'Ku+D#'!t]~Grm~?rkKuMB!01d5#\`'Vy.ta3Dtu~Hroc8#'{^45s85AwZbP&!#Rn!wghxWn#KvEA!)&2RlA2RlBx:h|#(T,=]j09Wobz>x]z/@awRoTd+#Y(az]hFhCrm4d,#Y+jTv|Q~EfMj]uNr|~FRfOdCa!Xa9_X#@<plJvf!%b\`{(9;Rgwc;.!#2x7cw#T|UDb]|T5Ju={(!=@E{&Jv)&!Ab\`{'awJvf!~*>>@=be{#KuY>!+&4Ezyi[ugv&RjIdea+T)#UXa&T-T&a!Rh9auRmW=]kLg5vuRn+g3u4Rn-Ow6ARn,hHus5xNk?#UX(U~)/g8v0RkD~AwkkF?Ri.OuNBwkkA?Ri/d|a2\`a*^UYa.!aBTZaTa'Xa;!(!2!-a#b2[yC>6Vyq3[xr2Wi?g1rusVh%s?DtF~<5rbJs;%!DtBfswKtCj[uvuSsEu3RgVx3o:u+wN'*Zt;@3rd~Grh~?rfg8w)Lq)qE&-a%!>bI|\`jWv0vV~EfCjTv|vV~Ef@j]uNpn~FRfBcK#T']gWNu7x,k7q4ai(0!hHv8<RhmkMu9vrsBuev/RhlCJvB!,g<v{wchh~@:Rhji[vrv{wchi~@:RhkdS&a5UY#Ta!RgPwwiI5BwciI~@:Rh\`x'iJvj'!5]iJPu8Bwch]~@:Rhach)U#h3rp]gLh@t|Ax,hTq3ah!-(~@:Ro0Ou!5RhXj^v(pyw8unRhVd|)\`,^UYas!a?/a2Z'a^Ta{Tb7Ta(a#!a,Wf&9sZ3DtAadamov=Bqt3[xig8vsRm~>waiL2b\`{QJv*_Ouv2qgj<v]v2BqfdR'X*X#Y-@3qr~Gqv~?p6hHv-]glPup5Lq+q?_%*b_{qF{n9b^{rOu4ARhpKvCD!+&~Bqp:5Dbb}nwoiKl&unuTuBv]v+ueunaXRf0=Jvh!0nKufu8v1w&w7q%w&uHrz:Rgnj5w,uxDJq/(!hNw'5ReCk0s2u3w/w'5ReFd>Za&!*UaA=<wkgsRnSJv^!%Refifw3vyRgOKu_B'!,<]gkiiu:w&Rh<=C@a^<B57@2F{[<B5@aW:=3away9A5aW=<B=C@a^<B57@2F{Ie-#\`(^^^bCara.b8aza6!/bZ,!adTbnTbOb+aFaS!aAT9@Wf~2Wli3Dtl2@d,#Y&RfnRfmJwJZtN~GqyJva&!VyMg<v~Rm%iXuJu3Rm9Jv[_=]ih9wlkDRkCd1#\`(@Wg>2Wls3cH#T(@<Rj*=>Ri|b~'#23s9h<~El.d'#Y&Dtxi^rzvdRl#d*#U%(o|B2s\`hJwSaxRmDKv4B&!1:Rmdd5#\`'Vx}to~Hq{x'f1v3(!BA5ba|bJv_&!Wfug1v]ReIdO+U/Y#&G}-8wze=Rh{g1v]ReHg/uQRf/by#)ibQwERl/cH#T(@<Rj+=>Ri{cNu+vlax-!(#a0qa9<Rii2;;bU{H;x<i=&X#Rk\`<4wwi=C9H~8xAI(Y#<azRi@45wXI<B9;5bb~7dL(X#Xa(+!aL6Vy{g5QqOau:5au2@ay547EzbxOcU(UX-T#Ta#:Cbb|A?wjh/b_|SOw6ARgtihr}u7Rhy<d1#T)X1@@=I|~=ay<2@@=aybb}Sj3vLv;<d,#Y(56H}A978H}@dGpvs@uAu\`vcw9*!aFa+ai%(b!aXa8.a?a[ozWey=sU2@G}Nch&U#Rf_WexKu+D#'!t:~Gr\`~?r^j]uNr|~FRg*j^psurwJt|RmcKv)@&!)7Rkv~Br[@wxfO:Rl3co#U'6Rezj_q#vIuavjRltwzeyh@vr5JqD0!>aY?C9:9au@9Cb]}9cl#U*5;5<H||jbuus1ucv&Rfvg1v~d/pppzqFr^a--a~!aMat1(hFv;Wiz@@=Izoj5uuv-7Rix~Cw\`fk2WlVcZ#X,k)u3vWs@u2]ktg;wEx'fBq(_2Wg/jTv|vV~EfoJv]!15x'hzqG!(P~EfU~CRl_j6v(us5x4i-#T(2WmZ?C2F|d>Kq<aj1!*jTqIsBv=Wl\`~Cw\`fi2WlWj\`v0u*~>RlR=c>Z,k#u3vWs@u2]kr<c1Z+jTqIsBv=Wla~Cw\`fm2WlXdmb3!a{(arZa\`bkTa%TbQTa-a9+c'!aM!/[yL=Bqug.w'RifhFvyDRj.g>vgwyk^9]k^Jv3_@WfbAARkhJw2_[x|JvB_wkoIRoKwkoJRoLd'(Y#<]gm=<9<H|yd'%_X#skDtb3awwqkgNulRkgdB#^',9:p'hJwSaxRmEBwVb8@4=H|qLu+w50&!)@3qs~?pU>Awwn;;Rn=c:Z'ARn<=<qwKvC@!/&~BqqJv6!&]eVb^z^xRge'/a%+^\`#Sge}6<4Rn3=]n0Pw2>Rn8Jw0!&>Rn:>Rn6cY#a7+!a&=<wkaNw~h3z_c5Z{=wjh#=]nLKv^D!&)Vyz=bW|swYb<WetcG#T(2wxa@qVx@gD#Y&b^|V5JwG&!5bb|pg/w&RgD@x=kHs=uAvn!a%%/'+RmSRh694Ro\`g-vaRmRhHv-]mlxCcS#\`&ba~.5cD#Ta)P~=d,#Y(56H{>978H{Dd_#{2^Y%_+qbbb{6g3sERhsbU{?dfa.,\`a(Xa<!aiX#(55RiG54RiHcI#T'WiU3RiVNvdwtfcRlKNvdd,#Y&RlHRlExQgf.1*^T'X#Sgf}6Wn4=]hfPrk>Rn7Jw0!&>Rn5>Rn9Lunw?&a2!,5<oq@@wqfdRlJj5Q~=d,#Y(~ARfcOuN]fdDKw;ay(}i!547E}j?cI#T(@5bV}iCbV}hdv(^^Tb?a40,b##Tbo!a*bR!a<b|a/!aKai!aU[yK=]o^g:v>ReGJwPZtK<7Rh+h<~El,Pv#5ReR@awwxjCg,ulRjDJv6&!]j!z?aQeeg>w=Sh<eeJw;!&axEzOg,Qosc!#*:wkeJ]eJ>x'h-u(!%Ro.w~h.zPdNZ(X,Ya![x{;9ReY;wkgxRiF:x?ap#Y&RmUg<s2Rkod]+UY0TZ'!a&A9sw<=bczLNvuw{gqzNhJwSaxRmCKuLay!#&s_Rf-55b^{uJvZa!!c%#(55Ri654wmiu5RiuawLu,vp!+}^%b_}Y9;wkgxba}o>A9:=b^}zKuh=a''!3awRk3c*'!#aHRk6c+Z&Rk5Rk4Jv)&!awRjSawd9*\`#0?C2@EzMj8u<uJ5RmbjQrquJu3x,k>uq@_+=ayb^|W~ARkEOuN]k@7dhzV^X/X&a-#zRzSb\`zXcJzTT#2WkVKvDBzW!%FzY9;5bbzWjQrquJu3Jw3%!b\`zU=ayb^zQd:#X(T-a!6Vyywxh}=b]{Jg=u1RiAdGp~qHtzv!w(wA+a+a;<!aJaYai'anasb(=azRmV:Cbb{MLq2vb!%')RjuRjrRjtRjqx3jnqCw3!%')Rk(Rk+Rk&Rk)Lq2vb!%')Rj{RjxRjzRjwLq2vb!%')RjsRjpRjfRjex3jcqCw3!%')Rk'Rk*RjkRjl9<CbbzfOu4ARhxLq2vb!%')RjyRjvRjhRjgx=joq*uKvb!%')+-Rk.Rk%Rj~Rk-Rk#Rj}x=jdq*uKvb!%')+-Rk,Rk!Rj|RjmRjjRjidAq&qKs@uAv8Aa.'*-a@a&0!aM@a5[y73Dsy3Ds|3Dt):wxgI2sHJwJZt.~Gqxwsf0ikrzt}Rl0Jvy_[xj~HqzKv_A|D!&WfP8axRoVcf,U#k(v]v+ueunaXRf1Ju}'!g8u#Ri=jQw!sCunLprq>!,')~<5qeGzq9F{W=c##%s5au:5aU3CBE|;d4#X(D!a&6Vygx(b;#(=]ed?C2F{N<capoq2r[a&!aPa9,'Pw;5s:@@=I|,55w_h|@@=IzcP~=x'fCqB_2Wl2>aU@@=I|1OuNBc1Z+jTqIsBv=Wlc~Cw\`fl2WlZ~AcTa%!Z+jTqIsBv=Wlb~Cw\`fh2WlYk+uNqJsBv=WlSg,u3dca3#UXaMYa)TaB-=cM|7T#<bI}l5@B932:aV2G{BOuNBJq:|M!5Ezt=<B=C@a^<B57@2F{v>cB{/T#=ay<bI{3Jv6!a.6BKq0ah&+!5E}HP~Ef{978BaU@@=Iza<7d#.Y#978BaU@@=IzH~AJq0!(@@=IzG978BaU@@=IzFe,aU*Y&^^^bvJb,b:bFad!a,c2Ta>aL.bo6!a#CbTa'T#Re{2Wlh2@G{yg6t~Ro_NvdRfticuRQRllJv3&!x&c|zs@Jw3!%RflwpfkRlpKuL;%(!Re<@G|C2GzdhIvuBwgjAg-u0RjAKQB%!(GzZ@G|5NuuRl7d='T+Y#Vy[g<v~Rm!==G|>JvA!)@wma=]m1ifuaw&RmnLs@vT'!|/+[y,g:v>ReTJw1!#qX=x!eC{bLu+wT&)ZtZauq_~Graci&U#F|89:r_Lupvq!.)&2RlG8RfaC=x!eF{_h?rpWlmd&'!#X|&]k::xJey#\`'T|+<E|&2@H|%dE#(^,g;u.RiEg6vjRiC9xCkA{O|zY#g=ucRmXKs0@!&*@G|m@awRknJuh!,3d(}gY}eJvj!%Rm):Jw3!%Rm+Rm-Ls0w(&!a(a#@b[|6cZ#X'7RkxWgAOu4ARn'dH'U#Y*Vz-Wm'CARm}d]*#a%^a*T'aK!a<9bV{PC=p*Jw4!&SgxcbB5r]idw(wBRmF7xFkt#&\`(Rm/Rm8E|!JuY_9:Rl5=wrgr2:bbxd@xXfB(a*#T+!.X0X1Ta/a'T&RlDRfL>RlyARl9b[z[>RfZ:RlL:RfRwlg/ARl;9;RlxKv,A/!%7s69<74=BA5ba{-8Bde#\`a<XaKYa1,a'P~=wxfB2bZ}}?C972@@=I}r8@55B9;5bb}G978B2@@=aybb}3j3vLv;<Jw3&!>Rfk=ayb^}4~Ad1#\`*@@=aybb{w2@>==<bbz]dx+UY#^UaF!a9!bB'Ya1.!ajXa#%olRhD[y=3Dt#Ov5BrHKuMB%!(Rf^Wep~HrJwkiQjKr|~FRg)Ku+D#'!t5~GrF~?rDdV)UY,Z/_7RkuG{<~BrBg,rlsO:235B@bX}|d?a1!#\`(6Vyn5@d##Y+jTv|vV~EfIj]uNpn~FRfH7Lq2vb1!a9-978BaU@@=Iz9978BbU}#~AJq0!(@@=Iz8978BaU@@=Iz7~AJQ|}!978BbU}!JvkaK!AdUa21-U#\`a+(g/vsRn~Ou!5RPj:rmu9WhOjXuvvNr}:RhAj^v(pyw8unRn[kPr}p|u7vwv]RiSBd;pppzq@qHQa?(b.!a.a\`@.|xa(hFv;Wiyj5uuv-7Riw~Cw\`fg2WlU978BbU|wOuNBJqG!(P~EfD~CRlQcZ#X,k)u3vWs@u2]ksg;wEx'f@q1_2Wg.j]uNpn~FRfqJv]!15x'h{qG!(@@=IzK~CRl^j6v(us5x4i,#T(2WmY?C2F{1>Kq<aj1!*jTqIsBv=Wld~Cw\`fj2Wl[j\`v0u*~>RlT=c>Z,k#u3vWs@u2]kq<c1Z+jTqIsBv=Wle~Cw\`fn2Wl]dn1#c(a(b^a2!b/bAT(bj!aDa7bu,a_a{c0!2T0g:v>ReD2@G{42@G{5~DpM~<5rc=Bx6i>{RT#RnI@zCx]y]z:2Jv[!zr5Awyk]9]k]dD(Y+X#6Vz.g=wKtgwhaCwgmTWj2Lu,w%_+/[y-B;b^xeg3u3Rj-2@bX{*KrJ<!+'@Wg(g?QRlC@Jv\`!%b[zIwsfII}8JQ_@w|kW|=Jv(%!AqcOuNBJvEzh!bYzjLs@wP#(0!oy@>RkdJwMZtc3Dtd@BcG#T'9bWxg2@2Fznd*#Y+;2x'c}w<zizixNgwa#Z'U+!/!a'!a+w~g~z6wcn{Rn}wcnzRn|5Rh%=]nJg5vuRmvNvdRlvcprJu}w*az*a#!%.a.'Bot9qT]kj@Wg'ay2Gzv@Jv\`!%b[zEwsfHI}1;ck#Ux\`<Cbbx_Lu+w!a&0*!wko*wwo,So,}6Juqxf!E}PigQuyRm\`d3(\`#8>Rn%:A5B;bZ~%KvhCa!a2!x>k7#Uxb@b{#xaRk7Jw0!)>wwhlShl}6>wwhmShm}6CJvB!.x'hhvj{!!5Bwkhhbaz}x'hivjz~!5Bwkhibaz|xEhTrNu,v-vpD!a%&/)a3a.,%Ro2t[CE{)@3re9b]{%wjo09:rgc:Z&Ro6=<riifuaw&RmoKrNA!%(Ro4>Ro89;Ri\`dSaL'UYzxZb)7Rka3xRhT&!,!#^1U}vbaz{>>@=be}yC@:D5bazzKu+A&!}{?ba}y>>@=be}wxBh[t\`u~vJvr!%a!a()a,a0a4RoC=]o;Ju(!%RoGRhdwjh\`=]oAg>w#Ro?g5vuRo=NvdRl|Ku]C.!&;RoEJvB!%RoORoMBx'h[v+_?w~h\`}~5?w~hd~!xKh]oiptu-utv.vp!#%&a30a@a'a+(a/aOp(o~p!RoDJu(!%RoHRhewjha=]oBNvdRl}g>w#Ro@g5vuRo>c[#X']o<CauRoRAd-#Y':RkpauRoQKu]C.!&;RoFJvB!%RoNRoPBx'h]v+_?w~ha}t5?w~he}ue!/UbhYacXaW^Tc&a;b:a-c/#b&aja1(!cL+!bKbt!bmcRc9aIc?8[yW3Dtt94Rg\`Jv}!&SiRMzBhEebShEMNuPRe>x7gL#TzuwjirRipc<Z&>on;>z=h-MSh.Mwqczx'a7vj&!>Re4@=ResJt__NuPRi*NuPRi)j]uNr|~FRfzKrJ>_+@Wfy@Wf]2WocKrJ<!+'@Wg%g/QRl@@Jv\`!&awRl<wsfFIzgLu(w*!.*&ShBMwvhIRhI9;RhNx1hK'!#Sn]Mx1hK~0!#:2<H~7cNu+w7D*'1ZtW>Rn1~?rOc:Z&Rn2=<rQ<7wjh&=BSnLMc]#X(6Vz)w[b=a!U#9wzgMc3#&(RgMRitRis<x,gKt\`ax!&+SioM=BSilMc3#&(RgKRinRimKurB,!&SiQMzBhDebShDM6BJQ!(P~Efx978B2@@=I}WLrJw!!,a*&@G}O@9wkibRid@@x'fKwC!&SlDMSfLMjUv~Q~EfKKv3@a+!(hFv-]mpx/hYZ(C5RiWz<o/MwkhY?So/M@x,gbvfB*&!SgEM:SoeeehFu3:Rgbda(,^TZa)X/7Sg[eb:2RgI~BrMC@wgkc:wwkcRerx3h(uUvK!&*,SnOM4Sh*MArRg;wHRh(x=h;rJvPwI!a4',a'0@Wg&=BSh/Mg>w=Rh=g3w*wwgGRgGcW(X#;Sg}M2Gzk@Jv\`!&awRl=wsfGIz\`dKZ*T'Y-:RhR7RhQg5u-p\`j6v(us5d,#Y+~Awkia?RicOuNBwkibba}Ld6p~tyu_vbAa'a+!a/'a3aEa8a!>Sh,ebJv{!&Sh@ebSaReb9;SgwebNuPRi(NvdRl)NuPRi'hHu^<Rm^Jvv_@Wl(g;u1Si/ebKu'B&!*Sh?eb@Wl'z@aPeb95Si.ebcpputyvjB)!,&a+0a%ShAMWeK@G}C@WfJ9;RhMwvhH9w{ia}ix,hJvRA1(!zAn[MRhHx1hJ~*!#hFv(BSn[MBJQ!(@@=I~'978B2@@=I}2db.Ua<'X}+T#a0XaG2G}E;wkg|wuh!Rh!x,hZu,@)!&So0MVy)C5RiXACJvB!&5RiY5RiZg8w)cG}*T#2@bU}=KsA>(!a.3wkhZba~(x,h^u(A!&(SoCMRhb5Bz=h[eb?w~hb~6x,h_u(A!&(SoDMRhc5Bz=h]eb?w~hc~6e)aA1T#T,^^^c-bMb&blcPaP(a/!0!bA=b5c@a(!bfbrc#2afwmhARnjwchORnp2Wlf3DtsNvdRl-2@wpa<]m0bx(#:awRk2@Jw3!%RfhwpfgRlnKQB%!(G{V@G|'NuuRl6d='T+Y#VyUg<v~Rl~==G|<Jv+'!aYShC}6@B<5?ba~8@Jw3'!g2QRljhLrpWlOd+#Y'g.w'rIg>w*wgj@g-u0Rj@Lu+wT&)ZtUauq]~GrGci&U#F|39:rELrNvj!.%*RhCwunfw~nf~:9;Ri]>wtnhg;wHRnhx3hDs@v~!/+'@Wfr@9RkSNu&Rlo=@<5GzoKs0@_+@Wl+@awRkmJuh!-3d(}pY#qWJvj!%Rm(:Jw3!%Rm,Rm*de&!1U-U#\`)Re;@G|.@9Ri82@wjfvRlq=@<5GzpLvOvr!).&2RlF8Rf\`C=x!eE{.Jw3_g2QRlkhLrpWlPde(!#U{s,UXa*Ta'[y'g:v>ReS;x0PZ&RnlRnn~HrKJw1}f!=x!eB|2w]aP(#Xa&a*Ta.Ua2a7=]iOd'#Y&Ro&WnWg;u.RiDg6vjRiBNvdRlzhNvj]nYJuW_2Wm3x)kFze{9d])!a.!,Y01!#&aC!a3RndC=ox~BrC@2b^{pg,rlse7x'ksuq!%Rm.E{xidw(wBRmGx9o+)X#wwo-So-}69:Rl4@xSf@a#XZ'X)X,Ta(/ARl8b[xc>RfY:RlI:RfQwlg.ARl:9;Rlwdn'#^XafaQa1X1TaHTa)@b[{zcZ#X'7RkwWg@Ou4ARn&x)kG#{,g7u/RkGdH'U#Y*Vz'Wm&CARm|bx#(A]gUbUzJj9Q~=d,#Y(56H}l978H{U7d,0#U*2>ABb_xZ978BbU{e~AJQ{g!978BbU{hxMh?ad{oUYZ.x1h?{l!#:2<H{mx3n[t{vl!,&a%3Ro(z=iS}6ARnr=Bwsn^wvn\`Rnbd\`*T}B0!#^X'BG{c9b]{a>>@=be}F?JvS!&BG{d7BG}(Bde#\`a1X,Ya@!a'P~=wxf@2bZ}I56B2@@=aybb}08@55B9;5bb}<j3vLv;<Jw3&!>Rfg=ayb^}&OuNBKuLA!)a!P~=x#fD{f2@>==<bbzl?C972@@=Ix^d6rSu,v7w*C(0a)a6#B+a%!sQ[y?3Dt%3[xn~<5rLOu!5p@Ku+D#'!t7~GrP~?rNKvlaya7'!h+v-5qMg=t|cd,U#5AAaa5Abb{S@52B5@a[@52B5Gx[iXueu;d<#\`a(!/549C;ag>23ExY5@Dah89b^~689Jv)!~2b[~1Lv'w(%*!a#bX|aPrmawRe]keu7uhv-q6rxu,q\`xTo]/a5aU!bNaDXbi!b-!ao!b<bwA!#5@B932:aV2G|:d-)Y#hJrL>RhG<7@C5<H|_=Cau:5aj5@B932:bJ|ng>vIbs)#?C2F|9jPv0w.vISh-MKvUaz(.!9ABbb|[5;5<H|Eg>unwfh;9:4E|YjQsBt|vjx'hYq3!(?C2F|J:2<BaY?C2F|GOu!5x,g|p{ah!-(?C2F|c9:4E|OjXuvvNr}:Rh&i[w*t|cd+U#jJvsu)vsSn~Mkfrmu9p}u7vwv]So!McW#Xa!ax5@A5aY:5;5<H|>kJv~vYrquJu3x4ib#T)2@SmZM?C2F|Bj:rmu9@xPhI(a*a#U#\`a3-5Abb|L~@:RhK9:4E|0@52B5G|#C::aY?C2F|-:2<BaY?C2F|.5Jvk!a)javYrquJu3x4ia#T)2@SmYM?C2F|HAxPhH(!a#U#\`a*-5Abb|4~@:RhJ9:4E|R@52B5G|F:2<BaY?C2F|Sc^#Xa2j=Qq5CJvB!-g<v{z;hhM?C2F|Zi[vrv{z;hiM?C2F|XKsA>!a)-g<v{z;h[eb?C2F|]i[vrv{z;h]eb?C2F|^iZu.vix,hZq3ah!.(?C2F|QOu!5ShXM:2<BaY?C2F|P",13494,2713,49,25,61);var b;(function(e){e[e.VALUE_LENGTH=49152]="VALUE_LENGTH",e[e.FLAG13=8192]="FLAG13",e[e.BRANCH_LENGTH=8064]="BRANCH_LENGTH",e[e.JUMP_TABLE=127]="JUMP_TABLE",e[e.VALUE_MASK=8191]="VALUE_MASK"})(b||(b={}));var y;(function(e){e[e.AMP=38]="AMP",e[e.NUM=35]="NUM",e[e.SEMI=59]="SEMI",e[e.EQUALS=61]="EQUALS",e[e.ZERO=48]="ZERO",e[e.NINE=57]="NINE",e[e.LOWER_A=97]="LOWER_A",e[e.LOWER_X=120]="LOWER_X"})(y||(y={}));var P=32,ke=21,yt=2097151,te=2047,Ae=0;function kt(e){let t=e>>>ke;return t===te?Ae:t}function Je(e){return e-y.ZERO>>>0<=9}function At(e){return(e|P)-y.LOWER_A>>>0<=5}function Te(e){return(e|P)-y.LOWER_A>>>0<=25}function Jt(e){return e===y.EQUALS||Te(e)||Je(e)}var xe;(function(e){e[e.EntityStart=0]="EntityStart",e[e.NumericStart=1]="NumericStart",e[e.NumericDecimal=2]="NumericDecimal",e[e.NumericHex=3]="NumericHex",e[e.NamedEntity=4]="NamedEntity"})(xe||(xe={}));var S;(function(e){e[e.Legacy=0]="Legacy",e[e.Strict=1]="Strict",e[e.Attribute=2]="Attribute"})(S||(S={}));function Tt(e,t,r,n){let a=(t&b.BRANCH_LENGTH)>>7,i=t&b.JUMP_TABLE;if(i){if(a===0)return n===i?r:-1;let d=n-i;if(d>>>0>=a)return-1;let c=e[r+d];return c===0?-1:r+a+c-1&65535}if(a===0)return-1;let s=a+1>>1,o=r+s+a;for(let d=0;d<a;d++){let u=e[r+(d>>1)]>>((d&1)<<3)&255;if(u===n){let l=r+s+d;return o+e[l]&65535}if(u>n)return-1}return-1}function ye(e,t,r){return r===1?String.fromCharCode(e[t]&b.VALUE_MASK):r===2?String.fromCharCode(e[t+1]):String.fromCharCode(e[t+1],e[t+2])}function Bt(e,t,r){let n=t+1,a=0,i=n;if(n<r&&(e.charCodeAt(n)|P)===y.LOWER_X)for(n+=1,i=n;n<r;){let o=e.charCodeAt(n);if(Je(o))a=a*16+(o-y.ZERO);else if(At(o))a=a*16+((o|P)-y.LOWER_A+10);else break;n+=1}else for(;n<r;){let o=e.charCodeAt(n)-y.ZERO;if(o>>>0>9)break;a=a*10+o,n+=1}if(n===i)return 0;n<r&&e.charCodeAt(n)===y.SEMI&&(n+=1),a>1114111&&(a=1114112);let s=n-t;return s>=te&&(Ae=s,s=te),s<<ke|a}function Be(e,t,r){let n=ve,a=e.indexOf("&");if(a<0)return e;let i=e.length,s=0,o="",d=n[0],c=d&b.JUMP_TABLE,u=(d&b.BRANCH_LENGTH)>>7;do{let l=a+1,J=e.charCodeAt(l),h,w;if(J===y.NUM){let k=Bt(e,l,i);h=kt(k),t&&h>0&&e.charCodeAt(l+h-1)!==y.SEMI&&(h=0),w=h===0?"":be(k&yt)}else if(Te(J)){h=0,w="";let k=J-c,R;if(k>>>0<u){let x=n[1+k];R=x===0?-1:u+x&65535}else R=-1;let C=0,L=0,m=R<0?0:n[R],p=l+1;e:for(;p<i;){for(;(m&(b.VALUE_LENGTH|b.FLAG13))===0&&(m&b.JUMP_TABLE)!==0;){let N=m&b.JUMP_TABLE,f=(m&b.BRANCH_LENGTH)>>7;if(f===0){if(e.charCodeAt(p)!==N)break e;R+=1}else{let v=e.charCodeAt(p)-N;if(v>>>0>=f)break e;let g=n[R+1+v];if(g===0)break e;R=R+f+g&65535}if(m=n[R],p+=1,p>=i)break e}if((m&(b.VALUE_LENGTH|b.FLAG13))===b.FLAG13){let N=(m&b.BRANCH_LENGTH)>>7;if(e.charCodeAt(p)!==(m&b.JUMP_TABLE))break;p+=1;let f=N-1,v=R+1,g=0;for(;g+1<f;g+=2){let A=n[v];if(e.charCodeAt(p)!==(A&255)||(p+=1,e.charCodeAt(p)!==(A>>8&255)))break e;p+=1,v+=1}if(g<f){if(e.charCodeAt(p)!==(n[v]&255))break;p+=1}R+=1+(N>>1),m=n[R];continue}let x=m>>>14,H=e.charCodeAt(p);if(x!==0){if(H===y.SEMI){h=p-l+1,w=x===1?String.fromCharCode(m&b.VALUE_MASK):ye(n,R,x);break}if(!t&&(m&b.FLAG13)===0&&(h=p-l,C=R,L=x),x===1)break}let _=Tt(n,m,R+(x||1),H);if(_<0)break;R=_,m=n[R],p+=1}if(w===""){let x=m>>>14;x!==0&&!t&&(m&b.FLAG13)===0&&(h=p-l,C=R,L=x),h>0&&(w=ye(n,C,L))}}else h=0,w="";h===0||r&&J!==y.NUM&&e.charCodeAt(l+h-1)!==y.SEMI&&l+h<i&&Jt(e.charCodeAt(l+h))?a=l:(s<a&&(o+=e.slice(s,a)),o+=w,a=s=l+h),e.charCodeAt(a)!==y.AMP&&(a=e.indexOf("&",a))}while(a>=0);return o+e.slice(s)}function je(e,t=S.Legacy){return Be(e,t===S.Strict,t===S.Attribute)}function Ne(e){return Be(e,!1,!0)}var z=Object.freeze({}),Le=new Set("id class role itemprop itemtype style hidden aria-hidden href rel name property http-equiv content datetime lang type data-component".split(" ")),We=new Uint8Array(1024);for(let e of Le)We[Ue(e.charCodeAt(0),e.length)]=1;function Ue(e,t){return(e&31)<<5|t&31}var jt=new Map([["title","decoded"],["textarea","decoded"],...["script","style","xmp","iframe","noembed","noframes"].map(e=>[e,"raw"])]);function qe(e,t){new ne(e,t).read()}var ne=class{#t;#n;#o=new Map;#e=0;#a=0;#r=0;#i=-1;constructor(t,r){this.#t=t,this.#n=r}read(){let t=this.#t;for(;this.#e<t.length;){let r=t.indexOf("<",this.#e);for(;r>=0&&!Et(t.charCodeAt(r+1));)r=t.indexOf("<",r+1);let n=r<0?t.length:r;n>this.#e&&this.#c(this.#e,n),this.#e=n+1,r>=0&&this.#u(t.charCodeAt(this.#e))}}#c(t,r){let n=this.#t.slice(t,r);this.#n.text(n.includes("&")?je(n):n)}#u(t){let r=this.#t;if(re(t))this.#f();else if(t===E){let n=r.charCodeAt(this.#e+1);this.#e++,re(n)?this.#h():this.#s(">")}else if(r.startsWith("!--",this.#e))this.#l(this.#e+3);else if(r.startsWith("![CDATA[",this.#e)){let n=this.#e+8,a=r.indexOf("]]>",n);a>n&&this.#n.text(r.slice(n,a)),this.#e=a<0?r.length:a+3}else this.#s(">")}#s(t){let r=this.#t.indexOf(t,this.#e);this.#e=r<0?this.#t.length:r+1}#l(t){let r=this.#t;if(r.charCodeAt(t)===U)this.#e=t+1;else if(r.startsWith("->",t))this.#e=t+2;else{if(this.#i<t){let a=r.indexOf("-->",t);this.#i=a<0?r.length:a}let n=r.slice(t,this.#i).indexOf("--!>");this.#e=n<0?this.#i+3:t+n+4}}#h(){let t=this.#d();this.#s(">"),this.#n.close(t)}#f(){let t=this.#t,r=this.#d(),n=z,a=!1;for(;;){let s=t.charCodeAt(this.#e);for(;q(s)||s===E&&t.charCodeAt(this.#e+1)!==U;)s=t.charCodeAt(++this.#e);if(s===U||s===E){a=s===E,this.#e+=a?2:1;break}if(this.#e>=t.length)return;let o=this.#e;this.#g();let d=this.#e;if(this.#R(),We[Ue(s,d-o)]===0)continue;let c=t.slice(o,d).toLowerCase();if(!Le.has(c)||(n===z&&(n={}),n[c]!==void 0))continue;let u=t.slice(this.#a,this.#r);n[c]=u.includes("&")?Ne(u):u}this.#n.open(r,n,a);let i=jt.get(r);i?this.#m(r,i==="decoded"):r==="plaintext"&&(this.#e<t.length&&this.#n.text(t.slice(this.#e)),this.#e=t.length)}#g(){let t=this.#t,r=this.#e+1;for(let n=t.charCodeAt(r);r<t.length&&!(n===Ee||n===U||n===E||q(n));n=t.charCodeAt(++r));this.#e=r}#R(){let t=this.#t,r=this.#e;for(;q(t.charCodeAt(r));)r++;if(t.charCodeAt(r)!==Ee){this.#a=r,this.#r=r;return}do r++;while(q(t.charCodeAt(r)));let n=t.charCodeAt(r);if(n===Ce||n===Nt){let a=t.indexOf(n===Ce?'"':"'",++r);this.#a=r,this.#r=a<0?t.length:a,this.#e=this.#r+1;return}this.#a=r;for(let a=n;r<t.length&&a!==U&&!q(a);)a=t.charCodeAt(++r);this.#r=r,this.#e=r}#d(){let t=this.#t,r=this.#e+1;for(let s=t.charCodeAt(r);r<t.length&&!(s===U||s===E||q(s));s=t.charCodeAt(++r));let n=t.slice(this.#e,r);this.#e=r;let a=this.#o.get(n);if(a!==void 0)return a;let i=n.toLowerCase();return this.#o.set(n,i),i}#m(t,r){let n=this.#t,a=this.#e,i=n.indexOf("</",a);for(;i>=0&&!this.#p(t,i+2);)i=n.indexOf("</",i+2);i<0&&(i=n.length),this.#e=i,i!==a&&(r?this.#c(a,i):this.#n.text(n.slice(a,i)))}#p(t,r){let n=r+t.length,a=this.#t.charCodeAt(n);return(a===U||a===E||q(a))&&this.#t.slice(r,n).toLowerCase()===t}},E=47,Ee=61,U=62,Ce=34,Nt=39;function re(e){return(e|32)>=97&&(e|32)<=122}function Et(e){return re(e)||e===E||e===33||e===63}function q(e){return e===32||e===10||e===9||e===13||e===12}var Ct=512,Lt=new Set("area base br col embed frame hr img input keygen link meta param source track wbr".split(" ")),Wt=new Set("a abbr b big code em font i ins label nobr s small span strike strong sub sup tt u".split(" ")),Ut=new Set("address article aside blockquote center details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main menu nav ol p pre section table ul".split(" ")),qt={close:["p"],within:["td","th","table","li","button"]},_t=new Map(Object.entries({li:{close:["li"],within:["ul","ol","menu"]},dt:{close:["dt","dd"],within:["dl"]},dd:{close:["dt","dd"],within:["dl"]},td:{close:["td","th"],within:["table","tr"]},th:{close:["td","th"],within:["table","tr"]},tr:{close:["tr"],within:["table"]},tbody:{close:["tbody","thead","tfoot"],within:["table"]},thead:{close:["tbody","thead","tfoot"],within:["table"]},tfoot:{close:["tbody","thead","tfoot"],within:["table"]},option:{close:["option"],within:["select","datalist"]},optgroup:{close:["optgroup","option"],within:["select"]},a:{close:["a"],within:["td","th","table","body"]},body:{close:["head"],within:["html"]}})),ae=class{nodes=[{tag:"#root",parent:-1,end:1,text:"",attributes:z}];stack=[0];opened=new Map;overflow=0;pending="";text(t){this.pending+=t}open(t,r,n){this.flushText();let a=n&&(t==="path"||t==="use"||this.opened.has("svg"));this.openElement(t,r,a||Lt.has(t))}close(t){this.flushText(),t==="br"?this.openElement(t,z,!0):this.closeElement(t)}end(){this.flushText();let{nodes:t}=this;for(let r=t.length-1;r>0;r--){let n=t[r],a=t[n.parent];a.end<n.end&&(a.end=n.end)}}append(t,r,n){let a=this.nodes.length,i=this.stack[this.stack.length-1];return this.nodes.push({tag:t,parent:i,end:a+1,text:r,attributes:n}),a}flushText(){this.pending!==""&&(this.append("#text",this.pending,z),this.pending="")}openElement(t,r,n){Ut.has(t)&&this.opened.has("p")&&this.closeWithin(qt);let a=_t.get(t);a&&this.closeWithin(a),n?this.append(t,"",r):this.stack.length>=Ct?this.overflow++:(this.stack.push(this.append(t,"",r)),this.opened.set(t,(this.opened.get(t)??0)+1))}closeWithin({close:t,within:r}){if(t.some(n=>this.opened.has(n)))for(let n=this.stack.length-1;n>0;n--){let{tag:a}=this.nodes[this.stack[n]];if(t.includes(a)){this.pop(n);return}if(r.includes(a))return}}closeElement(t){if(this.overflow>0){this.overflow--;return}if(!this.opened.has(t))return;let r=t==="table"||t==="tr"||t==="tbody"||t==="td"||t==="th";for(let n=this.stack.length-1;n>0;n--){let a=this.nodes[this.stack[n]].tag;if(a===t){Wt.has(t)?(this.stack.splice(n,1),this.forget(t)):this.pop(n);return}if(!r&&(a==="td"||a==="th")&&t!=="body"&&t!=="html")return}}pop(t){for(;this.stack.length>t;)this.forget(this.nodes[this.stack.pop()].tag)}forget(t){let r=this.opened.get(t)-1;r===0?this.opened.delete(t):this.opened.set(t,r)}};function _e(e){let t=new ae;return qe(e,t),t.end(),t.nodes}var zt=[/^(?:advert(?:isement|isements|ising)?|ad|sponsored(?: content)?|promoted|story continues below.*|article continues below.*|continue reading.*|loading\\.*|comments?|\\d+ comments?|share(?: this.*| on .*| article)?|tweet|email|print|save|pin it|facebook|twitter|whatsapp|linkedin|reddit|pinterest|google\\+?|reply|view (?:all|comments|gallery).*|show (?:all|more|comments).*|read (?:more|all|next|full).*|more|menu|search|log ?in|sign ?(?:in|up)|subscribe(?: now)?|next|previous|back to top|top|close|skip to .*|tags?:?|tagged.*|topics?:?|filed under.*|posted (?:in|by|on).*|categor(?:y|ies):?.*|image \\d+ of \\d+|photo gallery|watch now|play video|video|photos?|click here.*|buy now|by)[\\s.:!>\xBB]*$/i,/^(?:see also|see more|read more|read also|also read|related(?: \\w+)?|more|don't miss|watch|you may (?:also )?like|recommended|must read|next up|up next|editor'?s? (?:pick|note)|lire aussi|leia (?:tamb\xE9m|mais)|lea tambi\xE9n|siehe auch|mehr zum thema|\u0447\u0438\u0442\u0430\u0439\u0442\u0435 \u0442\u0430\u043A\u0436\u0435)\\s*[:\uFF1A|\xBB-].{0,200}$/i,/^(?:follow|like|join|find) (?:us|me|him|her|them)\\b.{0,160}$/i,/^(?:please )?(?:follow|e-?mail|contact|reach) .{0,120}(?:@\\w|on (?:twitter|facebook|instagram|linkedin)).{0,120}$/i,/^(?:sign up|subscribe|get) .{0,100}(?:newsletter|inbox|e-?mails?|alerts?|letterbox)\\b.{0,120}$/i,/^(?:\xA9|\\(c\\)|copyright\\b).{0,200}$/i,/^.{0,80}\\ball rights reserved\\b.{0,120}$/i,/^(?:photo(?:graph)?|image|picture|source|credit|pic|foto|video)s?(?: credit| source| courtesy)?\\s*[:\uFF1A].{0,140}$/i,/^(?:last )?(?:updated|published|posted|modified|first published)(?: at| on)?\\b[^.]{0,60}$/i,/^[^\\p{L}\\p{N}]*$/u],Ht=/^(?:related(?: (?:articles?|stor(?:y|ies)|posts?|content|links?|news|topics?|reading))?|(?:top rated |reader |user |\\d+ )?comments?(?: \\(\\d+\\))?|leave a (?:reply|comment|response)|you (?:may|might) (?:also )?(?:like|enjoy|be interested in).*|more (?:from|on|in|stories|news|like this|about)\\b.*|recommended(?: (?:for you|articles|stories|reading))?|read (?:more|next|also)|see also|also (?:read|on)\\b.*|trending(?: now)?|most (?:read|popular|viewed|recent)\\b.*|popular (?:posts|stories|articles)|latest (?:news|stories|posts|articles|videos)|share this.*|about the author.*|don't miss|join the (?:conversation|discussion)|what do you think\\??|tell us what you think.*|sign up for .*|newsletter.*|sources?|references|external links|further reading|notes|footnotes|voc\xEA pode gostar.*|leia tamb\xE9m.*|veja tamb\xE9m.*|art\xEDculos relacionados|weitere artikel.*|das k\xF6nnte .* interessieren.*|\xE0 lire aussi|\u043F\u043E\u0445\u043E\u0436\u0438\u0435 \u0441\u0442\u0430\u0442\u044C\u0438|\u0447\u0438\u0442\u0430\u0439\u0442\u0435 \u0442\u0430\u043A\u0436\u0435)[\\s.:\u2026]*$/i;function He(e,t){let r=St(Dt(e)).filter((n,a,i)=>!Mt(n,i[a+1]));return Xt(r,t)}function Mt(e,t){let{text:r,linkLength:n,kind:a}=e;return a==="pre"?!1:r.length<300&&zt.some(i=>i.test(r))?!0:n<.7*r.length?!1:a==="heading"?t===void 0||t.kind==="heading"||t.linkLength>.3*t.text.length:r.length<250}function Dt(e){let t=[];for(let r=0;r<e.length;){let{kind:n}=e[r],a=r+1;if(n==="item"||n==="row")for(;e[a]?.kind===n;)a++;let i=e.slice(r,a),s=i.reduce((d,{text:c})=>d+c.length,0),o=i.reduce((d,c)=>d+c.linkLength,0);if(i.length<2||o<.5*s)for(let d of i)t.push(d);r=a}return t}function St(e){let t=e.reduce((n,{text:a})=>n+a.length,0),r=0;for(let[n,a]of e.entries()){let i=a.kind==="heading"||a.text.length<40||a.strongLength>.8*a.text.length;if(r>.35*t&&i&&a.text.length<200&&Ht.test(a.text))return e.slice(0,n);r+=a.text.length}return e}function Xt(e,t){let r=0,n=e.length,a=ze(t);for(let i=0;i<Math.min(6,n);i++){if(e[i].text.length>4*t.length+20)continue;let s=ze(e[i].text),o=s.length>10&&(a.startsWith(s)||s.startsWith(a));a!==""&&(a===s||o)&&s.length<1.5*a.length&&(r=i+1)}for(;n>r&&e[n-1].kind==="heading";)n--;return n>r?e.slice(r,n):e}function ze(e){return e.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu,"")}function Me(e,t={}){let{favor:r="balanced",url:n}=t,a=_e(e),i=Re(a,n),s=oe(a),o=ce(a,K(a,s),r),d=K(a,s,o),c=de(a,o,d);return{text:He(le(a,c,o),i.title).map(It).join(\`
\`),...i}}function It({kind:e,text:t}){return e==="item"?\`- \${t}\`:t}function De(){let{process:e}=globalThis;return e?.getBuiltinModule?.("node:worker_threads")}function Se(e,{html:t,options:r}){try{e.postMessage({page:Me(t,r)})}catch(n){e.postMessage({error:String(n)})}}var G=De()?.parentPort;G?G.on("message",e=>Se(G,e)):addEventListener("message",e=>Se(globalThis,e.data));(G??globalThis).postMessage("ready");})();
`;
  },
});

// src/dataset-chain.ts
import { execFileSync } from "node:child_process";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

// ../../packages/dataset/src/extract/in-order.ts
async function* inOrder(items, ahead, sizeOf, work) {
  const iterator = items[Symbol.asyncIterator]();
  const underWay = [];
  let size = 0;
  let reading;
  let ended = false;
  try {
    for (;;) {
      const hasRoom = underWay.length === 0 || (underWay.length < ahead.count && size < ahead.size);
      if (hasRoom && !ended) reading ??= iterator.next();
      const first = underWay[0];
      if (!first && !reading) return;
      const read = reading?.then((next) => ({ next }));
      const done = first?.result.then((result) => ({ result }));
      const event = await Promise.race([...(read ? [read] : []), ...(done ? [done] : [])]);
      if ("result" in event) {
        size -= underWay.shift().size;
        yield event.result;
        continue;
      }
      reading = void 0;
      if (event.next.done) ended = true;
      else {
        const item = event.next.value;
        const result = work(item);
        result.catch(() => {});
        underWay.push({ size: sizeOf(item), result });
        size += underWay.at(-1).size;
      }
    }
  } finally {
    await iterator.return?.();
  }
}

// ../../packages/dataset/src/extract/boilerplate.ts
var neverContent = new Set(
  "head script style noscript template iframe object embed applet svg canvas video audio picture map area button select datalist dialog frame frameset fieldset input label legend math menuitem nav noindex optgroup option output param progress rp rt source textarea track footer aside menu link meta title".split(
    " ",
  ),
);
var boilerplateNames = named(
  "nav navigation navbar subnav navbox menu breadcrumb breadcrumbs crumb crumbs pagination pager paging",
  "footer sidebar aside rail banner masthead topbar toolbar",
  "share sharing sharebar shares social sociable addthis addtoany viral follow followus",
  "ad ads adv advert adverts advertisement advertising advertorial adsense dfp outbrain taboola criteo promo promos promotion sponsor sponsored sponsors partner partners",
  "newsletter newsletters signup subscribe subscription subscriptions syndication cookie cookies consent gdpr",
  "tags taglist tagcloud tag categories category-list",
  "author authors byline bylines bio contributor contributors timestamp dateline date time",
  "related recirc recirculation recommended recommendations recommend readmore morefrom trending popular teaser teasers",
  "comment comments disqus respond replies reply discussion",
  "widget widgets popup modal overlay tooltip lightbox login signin register registration",
  "meta metadata postmeta rating ratings caption captions credit credits copyright disclaimer",
  "skip hidden hide invisible noprint print screen-reader-text sr-only visually-hidden visuallyhidden",
  "gallery carousel slideshow slider thumbnail thumbnails",
  "button buttons btn search searchform toc infobox hatnote reflist mw-editsection reference",
  "most-read most-popular more-on more-from more-stories read-next up-next next-up also-like see-also you-may",
);
var preciseNames = named(
  "bottom link links teaser header figure embed embedded pullquote pull-quote factbox readmore box info",
);
var contentNames =
  /(?:^|[^a-z])(?:(?:article|story|post|entry|main|page|blog|news|content|single|text)-?(?:body|content|text|main|copy|wrapper|container|inner)|body-?(?:text|copy|content)|has-sidebar|with-sidebar|elementor-widget-(?:theme-post-content|text-editor)|wpb-text-column|commentary|hentry)(?![a-z])/;
var landmarkRoles = new Set(
  "navigation complementary contentinfo banner dialog alertdialog alert search menu menubar toolbar tablist form note tooltip button".split(
    " ",
  ),
);
function named(...lists) {
  return new RegExp(`(?:^|[^a-z])(?:${lists.join(" ").split(" ").join("|")})(?![a-z])`);
}
function nameOf(node) {
  const { class: classes, id } = node.attributes;
  if (!classes && !id) return "";
  return `${classes ?? ""} ${id ?? ""}`
    .slice(0, 400)
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}
function measureTexts(nodes) {
  const characters = new Int32Array(nodes.length);
  const commas = new Int32Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    const { tag, text, end } = nodes[i];
    if (tag !== "#text") {
      if (neverText.has(tag)) i = end - 1;
      continue;
    }
    let length2 = 0;
    let isAfterSpace = true;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const isSpace3 = code <= 32 || code === 160;
      if (!isSpace3) {
        length2 += isAfterSpace && length2 > 0 ? 2 : 1;
        if (code === 44 || code === 12289 || code === 65292 || code === 1548) commas[i]++;
      }
      isAfterSpace = isSpace3;
    }
    characters[i] = length2;
  }
  return { characters, commas };
}
function weigh(nodes, measures, dropped) {
  const text = new Int32Array(nodes.length);
  const link = new Int32Array(nodes.length);
  const prose = new Int32Array(nodes.length);
  const commas = new Int32Array(nodes.length);
  const inLink = new Uint8Array(nodes.length);
  const inProse = new Uint8Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    const { tag, parent, end, attributes } = nodes[i];
    if (tag === "#text") {
      if (dropped?.[i]) continue;
      const length2 = measures.characters[i];
      text[i] = length2;
      commas[i] = measures.commas[i];
      if (inLink[parent]) link[i] = length2;
      else if (inProse[parent] || length2 > 80) prose[i] = length2;
    } else if (dropped?.[i] || neverText.has(tag)) {
      i = end - 1;
    } else {
      inLink[i] = inLink[parent] | (tag === "a" && attributes["href"] !== void 0 ? 1 : 0);
      inProse[i] = inProse[parent] | (tag === "p" || tag === "pre" || tag === "blockquote" ? 1 : 0);
    }
  }
  for (let i = nodes.length - 1; i > 0; i--) {
    if (text[i] === 0) continue;
    const { parent } = nodes[i];
    text[parent] += text[i];
    link[parent] += link[i];
    prose[parent] += prose[i];
    commas[parent] += commas[i];
  }
  return { text, link, prose, commas };
}
var neverText = new Set("title script style noscript template head textarea select svg iframe".split(" "));
function markBoilerplate(nodes, { prose, text }, favor) {
  const dropped = new Uint8Array(nodes.length);
  const verdicts = /* @__PURE__ */ new Map();
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i];
    if (node.tag === "#text") continue;
    const share = prose[0] > 200 ? prose[i] / prose[0] : text[i] / text[0];
    const isLarge = share > (neverContent.has(node.tag) ? 0.7 : 0.4);
    if (neverText.has(node.tag) || (!isLarge && isBoilerplate(node, favor, verdicts))) {
      dropped[i] = 1;
      i = node.end - 1;
    }
  }
  return dropped;
}
function isBoilerplate(node, favor, verdicts) {
  const { tag, attributes } = node;
  if (neverContent.has(tag) || tag === "form") return true;
  if (attributes === void 0 || tag === "body" || tag === "html" || tag === "article" || tag === "main")
    return false;
  const { role, style } = attributes;
  if (role && landmarkRoles.has(role.toLowerCase())) return true;
  if (attributes["hidden"] !== void 0 || attributes["aria-hidden"] === "true") return true;
  if (style && /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style)) return true;
  if (favor === "precision" && tag === "header") return true;
  if (attributes["itemprop"] === "articleBody") return false;
  if (!attributes["class"] && !attributes["id"]) return false;
  const key = `${attributes["class"]}
${attributes["id"]}`;
  let verdict = verdicts.get(key);
  if (verdict === void 0) {
    const name = nameOf(node);
    verdict =
      (boilerplateNames.test(name) || (favor === "precision" && preciseNames.test(name))) &&
      !contentNames.test(name);
    verdicts.set(key, verdict);
  }
  return verdict;
}

// ../../packages/dataset/src/extract/content.ts
var bodyName =
  /(?:^|[^a-z])(?:(?:article|story|post|entry|blog|news)-?-?(?:body|content|text|copy|entry)|body-(?:text|copy|content)|articlebody|entry-content|post-content|fulltext|wpb-text-column)(?![a-z])/;
var goodName = /(?:^|[^a-z])(?:article|body|content|entry|hentry|main|page|post|text|blog|story)(?![a-z])/;
var badName =
  /(?:^|[^a-z])(?:com|combx|comment|contact|foot|footer|masthead|media|meta|promo|related|scroll|shoutbox|sidebar|sponsor|shopping|tags|tool|widget|list|teaser)(?![a-z])/;
var inline = new Set(
  "#text a abbr acronym b bdi bdo big br cite code data dfn em font i img ins del kbd mark q s samp small span strike strong sub sup time tt u var wbr nobr ruby".split(
    " ",
  ),
);
function isInline(tag) {
  return inline.has(tag);
}
function selectContent(nodes, dropped, weights) {
  const scores = scoreParagraphs(nodes, dropped, weights);
  let best = 0;
  let bestScore = 0;
  for (let i = 1; i < nodes.length; i++) {
    if (scores[i] === 0) continue;
    const density = linkDensity(weights, i);
    scores[i] = scores[i] * (1 - density) + (scores[i] > 0 ? nameScore(nodes[i]) : 0);
    if (scores[i] > bestScore) {
      best = i;
      bestScore = scores[i];
    }
  }
  if (best === 0) return [0];
  return withSiblings(nodes, dropped, weights, scores, widen(nodes, weights, best));
}
function widen(nodes, weights, best) {
  const { text, link, prose } = weights;
  let chosen = best;
  for (let i = nodes[best].parent; i > 0; i = nodes[i].parent) {
    const { tag } = nodes[i];
    if (tag === "body" || tag === "html" || nodes[chosen].tag === "article") break;
    const addedProse = prose[i] - prose[chosen];
    const addedText = text[i] - text[chosen];
    const addedLink = link[i] - link[chosen];
    if (addedProse > 0.3 * prose[chosen] && addedProse > 0.6 * addedText && addedLink < 0.12 * addedText)
      chosen = i;
  }
  return chosen;
}
function linkDensity(weights, index) {
  const text = weights.text[index];
  return text === 0 ? 0 : weights.link[index] / text;
}
function scoreParagraphs(nodes, dropped, weights) {
  const scores = new Float64Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i];
    if (dropped[i]) {
      i = node.end - 1;
      continue;
    }
    const length2 = paragraphLength(nodes, weights, i);
    if (length2 < 25) continue;
    const points = 1 + Math.min(length2 / 100, 3) + Math.min(weights.commas[i], 10);
    let ancestor = node.tag === "#text" ? nodes[node.parent].parent : node.parent;
    for (let level = 0; level < 6 && ancestor > 0; level++) {
      scores[ancestor] += level === 0 ? points : level === 1 ? points / 2 : points / (level * 3);
      ancestor = nodes[ancestor].parent;
    }
  }
  return scores;
}
function paragraphLength(nodes, weights, index) {
  const { tag, parent } = nodes[index];
  const isParagraph =
    tag === "p" ||
    tag === "pre" ||
    (tag === "#text" && !isInline(nodes[parent].tag) && nodes[parent].tag !== "p");
  return isParagraph ? weights.text[index] - weights.link[index] : 0;
}
function nameScore(node) {
  let score = node.tag === "article" || node.tag === "main" ? 25 : node.tag === "div" ? 5 : 0;
  if (node.attributes["itemprop"] === "articleBody") score += 60;
  const name = nameOf(node);
  if (name === "") return score;
  if (bodyName.test(name)) score += 40;
  else if (goodName.test(name)) score += 15;
  if (badName.test(name)) score -= 25;
  return score;
}
function withSiblings(nodes, dropped, weights, scores, best) {
  const parent = nodes[best].parent;
  const threshold = Math.max(10, 0.2 * scores[best]);
  const chosen = [];
  for (let i = parent + 1; i < nodes[parent].end; i = nodes[i].end) {
    if (dropped[i]) continue;
    const { tag } = nodes[i];
    const length2 = weights.text[i];
    const isProse = tag === "p" && length2 > 80 && linkDensity(weights, i) < 0.25;
    if (i === best || scores[i] >= threshold || isProse) chosen.push(i);
  }
  return chosen;
}

// ../../packages/dataset/src/extract/blocks.ts
var headings = /* @__PURE__ */ new Set(["h1", "h2", "h3", "h4", "h5", "h6"]);
function readBlocks(nodes, roots, dropped) {
  const writer = new BlockWriter();
  for (const root2 of roots) {
    readSubtree(nodes, root2, dropped, writer);
    writer.flush();
  }
  return writer.blocks;
}
function readSubtree(nodes, root2, dropped, writer) {
  const { end } = nodes[root2];
  const open2 = [];
  for (let i = root2; i < end; i++) {
    while (open2.length > 0 && open2[open2.length - 1].end <= i) open2.pop().close();
    const node = nodes[i];
    if (dropped[i]) {
      if (!isInline(node.tag)) writer.flush();
      i = node.end - 1;
      continue;
    }
    const { tag } = node;
    if (tag === "#text") writer.text(node.text, node.parent);
    else if (tag === "br") writer.lineBreak();
    else if ((tag === "td" || tag === "th") && writer.inRow) writer.cell();
    else if (tag === "a" && node.attributes["href"] !== void 0) {
      writer.link++;
      open2.push({ end: node.end, close: () => writer.link-- });
    } else if (tag === "b" || tag === "strong" || tag === "em" || tag === "i") {
      writer.strong++;
      open2.push({ end: node.end, close: () => writer.strong-- });
    } else if (!isInline(tag)) {
      open2.push({
        end: node.end,
        close: writer.enter(tag === "tr" && !isDataRow(nodes, i) ? "div" : tag, i),
      });
    }
  }
  while (open2.length > 0) open2.pop().close();
}
function isDataRow(nodes, row) {
  let cells = 0;
  let length2 = 0;
  for (let i = row + 1; i < nodes[row].end; i++) {
    const { tag, text } = nodes[i];
    if (tag === "table") return false;
    if (tag === "td" || tag === "th") {
      cells++;
      length2 = 0;
    } else if (tag === "#text") length2 += text.length;
    if (length2 > 300) return false;
  }
  return cells > 1;
}
var BlockWriter = class {
  blocks = [];
  link = 0;
  strong = 0;
  inRow = false;
  parts = [];
  /** What `parts` end in. */
  last = "nothing";
  linkLength = 0;
  strongLength = 0;
  kind = "paragraph";
  node = 0;
  preformatted = false;
  text(raw, parent) {
    const text = this.preformatted ? raw : raw.replace(/[\s\u00a0\u200b\ufeff]+/g, " ");
    if (text === " " && this.last !== "text" && !this.preformatted) return;
    if (this.last === "nothing") this.node = parent;
    this.parts.push(text);
    this.last = text === " " ? "space" : "text";
    if (this.link > 0) this.linkLength += text.length;
    if (this.strong > 0) this.strongLength += text.length;
  }
  /** Two breaks in a row end a paragraph. */
  lineBreak() {
    if (this.inRow) this.space(" ");
    else if (this.last === "break" && !this.preformatted) this.flush();
    else if (this.last !== "nothing") {
      this.parts.push("\n");
      this.last = "break";
    }
  }
  cell() {
    this.space(" | ");
  }
  space(text) {
    if (this.last !== "nothing") this.parts.push(text);
  }
  /** Begins the block of an element and answers how to end it. */
  enter(tag, index) {
    if (this.inRow && tag !== "table" && tag !== "tr") {
      this.space(" ");
      return () => {};
    }
    this.flush();
    const before = { kind: this.kind, preformatted: this.preformatted, inRow: this.inRow };
    this.node = index;
    if (headings.has(tag)) this.kind = "heading";
    else if (tag === "li" || tag === "dd" || tag === "dt") this.kind = "item";
    else if (tag === "pre") {
      this.kind = "pre";
      this.preformatted = true;
    } else if (tag === "tr") {
      this.kind = "row";
      this.inRow = true;
    }
    return () => {
      this.flush();
      this.kind = before.kind;
      this.preformatted = before.preformatted;
      this.inRow = before.inRow;
    };
  }
  flush() {
    const joined = this.parts.join("");
    const text = this.preformatted ? joined.trimEnd().replace(/^\n+/, "") : tidy(joined);
    if (text !== "") {
      const { kind, linkLength, strongLength, node } = this;
      this.blocks.push({ kind, text, linkLength, strongLength, node });
      if (kind === "item") this.kind = "paragraph";
    }
    this.parts = [];
    this.last = "nothing";
    this.linkLength = 0;
    this.strongLength = 0;
  }
};
function tidy(text) {
  return text
    .replace(/ {2,}/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();
}

// ../../packages/dataset/src/extract/byline.ts
var authorName =
  /(?:^|[^a-z])(?:byline|author|authors|writer|posted-by|post-author)(?:-(?:name|link|names))?(?![a-z-])/;
var dateName =
  /(?:^|[^a-z])(?:date|datetime|dateline|time|timestamp|published|publish|pubdate|posted|created|posted-on)(?![a-z])/;
var either = /author|byline|writer|date|time|publish|posted|created/i;
function readByline(nodes) {
  let author;
  let date;
  for (let i = 1; i < nodes.length && !(author && date); i++) {
    const node = nodes[i];
    if (node.tag === "time") date ??= dayIn(shortText(nodes, i));
    const { class: classes = "", id = "" } = node.attributes;
    if (!either.test(classes) && !either.test(id)) continue;
    const name = nameOf(node);
    if (name.includes("comment")) continue;
    if (!author && authorName.test(name)) author = personIn(shortText(nodes, i));
    if (!date && dateName.test(name)) date = dayIn(shortText(nodes, i));
  }
  return { ...(author && { author }), ...(date && { date }) };
}
function shortText(nodes, index) {
  let text = "";
  for (let i = index + 1; i < nodes[index].end && text.length < 400; i++) {
    const { tag, end } = nodes[i];
    if (tag === "script" || tag === "style") i = end - 1;
    else text += tag === "#text" ? nodes[i].text : " ";
  }
  const line2 = text.replace(/\s+/g, " ").trim();
  return line2.length <= 120 ? line2 : "";
}
var dateWords =
  "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december monday tuesday wednesday thursday friday saturday sunday published updated posted on".split(
    " ",
  );
var beforeDate = new RegExp(`(?:[\\s,]+(?:${dateWords.join("|")})\\.?)+[\\s,]*$`, "i");
function personIn(byline) {
  const introduced = /^(?:(?:written|posted|published|story|text|words)\s+)?(?:by|von|por|par)\s*[:\s]\s*/i;
  const whole = byline.replace(introduced, "");
  const end = whole.search(/\s*(?:[|•·@(\d]|\s[–—-]\s)/);
  const cut = end < 0 ? whole : whole.slice(0, end);
  const isDated = /^\s*\d/.test(whole.slice(cut.length));
  const name = (isDated ? cut.replace(beforeDate, "") : cut).replace(/[\s,;:]+$/, "");
  return /^\p{L}/u.test(name) && name.length >= 3 && name.split(" ").length <= 12 ? name : void 0;
}
var months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
var monthDay = /\b([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)\b/i;
var dayMonth = /\b(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -]((?:19|20)\d\d)\b/i;
var yearFirst = /(?:^|\D)((?:19|20)\d\d)[-/.](\d\d?)[-/.](\d\d?)(?!\d)/;
var dayFirst = /(?:^|\D)(\d\d?)\.(\d\d?)\.((?:19|20)\d\d)(?!\d)/;
function dayIn(text) {
  const numbers = yearFirst.exec(text) ?? void 0;
  if (numbers) return isoDay(numbers[1], +numbers[2], +numbers[3]);
  const german = dayFirst.exec(text);
  if (german) return isoDay(german[3], +german[2], +german[1]);
  const american = monthDay.exec(text);
  if (american) return isoDay(american[3], monthOf(american[1]), +american[2]);
  const british = dayMonth.exec(text);
  return british ? isoDay(british[3], monthOf(british[2]), +british[1]) : void 0;
}
function monthOf(name) {
  return months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}
function isoDay(year, month, day2) {
  if (month < 1 || month > 12 || day2 < 1 || day2 > 31) return void 0;
  return `${year}-${`${month}`.padStart(2, "0")}-${`${day2}`.padStart(2, "0")}`;
}

// ../../packages/dataset/src/extract/metadata.ts
function readMetadata(nodes, url = "") {
  const found = collect(nodes);
  const first = (...names) => names.map((name) => found.get(name)).find((value) => value);
  const declared = first("og:title", "ld:headline", "twitter:title", "h1", "dc.title");
  const title2 = declared
    ? withoutNamedSite(declared, first("og:site_name") ?? "", url)
    : withoutSite(first("title") ?? "");
  const dates = [
    first(
      "article:published_time",
      "ld:datepublished",
      "datepublished",
      "dc.date",
      "dc.date.issued",
      "date",
      "pubdate",
    ),
    first(
      "publishdate",
      "sailthru.date",
      "parsely-pub-date",
      "time",
      "ld:datecreated",
      "article:modified_time",
    ),
  ];
  const declaredDate = dates.map(day).find(Boolean);
  const declaredAuthor = first(
    "ld:author",
    "author",
    "article:author",
    "dc.creator",
    "byl",
    "parsely-author",
    "rel:author",
  );
  const author = declaredAuthor && !/^https?:/.test(declaredAuthor) ? declaredAuthor : void 0;
  const byline = declaredDate && author ? { date: declaredDate, author } : readByline(nodes);
  const date = declaredDate ?? byline.date ?? dayOfUrl(url);
  const writer = author?.replace(/^by\s+/i, "") ?? byline.author;
  const language2 = first("lang", "content-language", "og:locale")
    ?.toLowerCase()
    .replace("_", "-")
    .split(",")[0]
    ?.trim();
  return {
    title: clean(title2, 500),
    ...(date && { date }),
    ...(writer && { author: clean(writer, 200) }),
    ...(language2 && /^[a-z]{2,3}(?:-[a-z0-9]+)*$/.test(language2) && { language: language2 }),
  };
}
function collect(nodes) {
  const found = /* @__PURE__ */ new Map();
  const add = (name, value) => {
    const text = value?.slice(0, 2e3).replace(/\s+/g, " ").trim();
    if (text && !found.has(name)) found.set(name, text);
  };
  nodes.forEach((node, index) => {
    const { tag, attributes } = node;
    if (tag === "meta") {
      for (const key of ["property", "name", "itemprop", "http-equiv"]) {
        if (attributes[key]) add(attributes[key].toLowerCase(), attributes["content"]);
      }
    } else if (tag === "html") add("lang", attributes["lang"]);
    else if (tag === "title" || tag === "h1") add(tag, innerText(nodes, index));
    else if (tag === "time") add("time", attributes["datetime"]);
    else if (tag === "script" && attributes["type"] === "application/ld+json")
      readJsonLd(innerText(nodes, index), add);
    else if (attributes["rel"] === "author") add("rel:author", personIn(clean(innerText(nodes, index), 200)));
    else if (attributes["itemprop"] === "author")
      add("author", attributes["content"] ?? personIn(clean(innerText(nodes, index), 200)));
    else if (attributes["itemprop"] === "datePublished") {
      add("datepublished", attributes["datetime"] ?? attributes["content"] ?? innerText(nodes, index));
    }
  });
  return found;
}
function innerText(nodes, index) {
  const { end } = nodes[index];
  let text = "";
  for (let i = index + 1; i < Math.min(end, index + 50); i++) text += nodes[i].text;
  return text.slice(0, 5e5);
}
function readJsonLd(json, add) {
  let data2;
  try {
    data2 = JSON.parse(json);
  } catch {
    return;
  }
  const queue = [data2];
  for (let i = 0; i < queue.length && i < 2e3; i++) {
    const item = queue[i];
    if (typeof item !== "object" || item === null) continue;
    const fields = { ...item };
    if ("headline" in fields || "datePublished" in fields) {
      for (const name of ["headline", "datePublished", "dateCreated"]) {
        if (typeof fields[name] === "string") add(`ld:${name.toLowerCase()}`, fields[name]);
      }
      add("ld:author", nameOf2(fields["author"]));
    }
    queue.push(...Object.values(fields).slice(0, 200));
  }
}
function nameOf2(author, depth = 0) {
  if (typeof author === "string") return author;
  if (depth > 3) return void 0;
  if (Array.isArray(author)) {
    const names = author.slice(0, 20).map((item) => nameOf2(item, depth + 1));
    return names.filter(Boolean).join(", ");
  }
  if (typeof author === "object" && author !== null && "name" in author)
    return nameOf2(author.name, depth + 1);
  return void 0;
}
function withoutSite(title2) {
  const shorter = title2.replace(/\s+[|–—»·-]\s+[^|–—»·]{1,40}$/, "");
  return shorter.length >= 0.4 * title2.length ? shorter : title2;
}
function withoutNamedSite(title2, site, url) {
  const [, headline, suffix] = /^(.*\S)\s+[|–—»·-]\s+([^|–—»·]{1,40})$/.exec(title2) ?? [];
  if (headline === void 0 || suffix === void 0) return title2;
  const squeezed = squeeze(suffix);
  const host = squeeze(/^https?:\/\/([^/]*)/.exec(url)?.[1] ?? "");
  const isSite = squeezed === squeeze(site) || (squeezed.length > 3 && host.includes(squeezed));
  return isSite && squeezed !== "" ? headline : title2;
}
function squeeze(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
function dayOfUrl(url) {
  const path = url.slice(0, 2e3);
  const numbers = /\/((?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|[12]\d|3[01]))(?=\D|$)/.exec(
    path,
  )?.[1];
  if (numbers) return day(numbers);
  const [, year, month, date] = /\/((?:19|20)\d\d)\/([a-z]{3,9})\/(\d\d?)(?=\D|$)/i.exec(path) ?? [];
  return year ? dayIn(`${date} ${month} ${year}`) : void 0;
}
function day(value) {
  const match = /^\D{0,12}((?:19|20)\d\d)[-/.]?(\d\d?)[-/.]?(\d\d?)(?!\d)/.exec(value ?? "") ?? void 0;
  if (match) {
    const [year, month, date] = [match[1], match[2].padStart(2, "0"), match[3].padStart(2, "0")];
    return +month >= 1 && +month <= 12 && +date >= 1 && +date <= 31 ? `${year}-${month}-${date}` : void 0;
  }
  const time =
    value && /[a-z]{3}.*\d{4}/i.test(value.slice(0, 60))
      ? Date.parse(`${value.slice(0, 60)} UTC`)
      : Number.NaN;
  return Number.isNaN(time) ? void 0 : new Date(time).toISOString().slice(0, 10);
}
function clean(text, limit) {
  return text.replace(/\s+/g, " ").trim().slice(0, limit);
}

// ../../node_modules/entities/dist/decode-codepoint.js
var c1 = [
  8364, 0, 8218, 402, 8222, 8230, 8224, 8225, 710, 8240, 352, 8249, 338, 0, 381, 0, 0, 8216, 8217, 8220, 8221,
  8226, 8211, 8212, 732, 8482, 353, 8250, 339, 0, 382, 376,
];
function isInvalidCodePoint(codePoint) {
  return codePoint === 0 || (codePoint >= 55296 && codePoint <= 57343) || codePoint > 1114111;
}
function replaceCodePoint(codePoint) {
  if (isInvalidCodePoint(codePoint)) {
    return 65533;
  }
  if (codePoint >= 128 && codePoint <= 159) {
    return c1[codePoint - 128] || codePoint;
  }
  return codePoint;
}
function codePointToString(codePoint) {
  return (codePoint - 1) >>> 0 < 127 || (codePoint - 160) >>> 0 < 55136
    ? String.fromCharCode(codePoint)
    : String.fromCodePoint(replaceCodePoint(codePoint));
}

// ../../node_modules/entities/dist/internal/decode-shared.js
var BASE91_INVERSE = /* @__PURE__ */ (() => {
  const table3 = new Uint8Array(127);
  let code = 0;
  for (let char = 33; char <= 126; char++) {
    if (char !== 34 && char !== 36 && char !== 92) {
      table3[char] = code++;
    }
  }
  return table3;
})();
function decodeTrieDict(input, resultLength, atomCount, dict1AtomCount, ngramCount, dictSize) {
  const base = 91;
  const inputLength = input.length;
  const twoCharBias = dictSize * (base - 1);
  let pos = 0;
  const readSlotCode = () => {
    const c12 = BASE91_INVERSE[input.charCodeAt(pos++)];
    return c12 < dictSize ? c12 : c12 * base - twoCharBias + BASE91_INVERSE[input.charCodeAt(pos++)];
  };
  const dict2AtomCount = atomCount - dict1AtomCount;
  const slotCount = atomCount + ngramCount;
  const single = new Int32Array(slotCount);
  single.fill(-1, dict1AtomCount, dictSize);
  single.fill(-1, dictSize + dict2AtomCount, slotCount);
  const start = new Int32Array(slotCount);
  const length2 = new Int32Array(slotCount);
  function decodeDelta(count, off) {
    let previous = 0;
    let slot = off;
    const end = off + count;
    while (slot < end) {
      const code = BASE91_INVERSE[input.charCodeAt(pos++)];
      if (code < 89) {
        previous += code;
        single[slot++] = previous;
      } else if (code === 89) {
        let runLength = BASE91_INVERSE[input.charCodeAt(pos++)] + 2;
        while (runLength--) single[slot++] = ++previous;
      } else {
        const next = BASE91_INVERSE[input.charCodeAt(pos++)];
        previous +=
          89 + // eslint-disable-next-line unicorn/prefer-minimal-ternary -- branches read a different number of side-effecting input bytes
          (next < 90
            ? next * base + BASE91_INVERSE[input.charCodeAt(pos++)]
            : BASE91_INVERSE[input.charCodeAt(pos++)] * 8281 +
              BASE91_INVERSE[input.charCodeAt(pos++)] * base +
              BASE91_INVERSE[input.charCodeAt(pos++)]);
        single[slot++] = previous;
      }
    }
  }
  decodeDelta(dict1AtomCount, 0);
  decodeDelta(dict2AtomCount, dictSize);
  const references = new Int32Array(ngramCount * 2);
  let poolSize = 0;
  let ngramIndex = 0;
  function readNgramReferences(count, startSlot) {
    for (let index = 0; index < count; index++) {
      const slot = startSlot + index;
      const a = readSlotCode();
      const b = readSlotCode();
      references[ngramIndex * 2] = a;
      references[ngramIndex * 2 + 1] = b;
      ngramIndex += 1;
      start[slot] = poolSize;
      const entryLength = (single[a] < 0 ? length2[a] : 1) + (single[b] < 0 ? length2[b] : 1);
      length2[slot] = entryLength;
      poolSize += entryLength;
    }
  }
  readNgramReferences(ngramCount - dictSize + dict1AtomCount, dictSize + dict2AtomCount);
  readNgramReferences(dictSize - dict1AtomCount, dict1AtomCount);
  const pool = new Uint16Array(poolSize);
  let write = 0;
  for (let index = 0; index < ngramIndex; index++) {
    for (let half = 0; half < 2; half++) {
      const source = references[index * 2 + half];
      const value = single[source];
      if (value < 0) {
        let read = start[source];
        const readEnd = read + length2[source];
        while (read < readEnd) pool[write++] = pool[read++];
      } else {
        pool[write++] = value;
      }
    }
  }
  const out = new Uint16Array(resultLength);
  let outIndex = 0;
  while (pos < inputLength) {
    let slot = BASE91_INVERSE[input.charCodeAt(pos++)];
    if (slot >= dictSize) {
      slot = slot * base - twoCharBias + BASE91_INVERSE[input.charCodeAt(pos++)];
    }
    const value = single[slot];
    if (value < 0) {
      let read = start[slot];
      const readEnd = read + length2[slot];
      while (read < readEnd) out[outIndex++] = pool[read++];
    } else {
      out[outIndex++] = value;
    }
  }
  return out;
}

// ../../node_modules/entities/dist/generated/decode-data-html.js
var htmlDecodeTree = /* @__PURE__ */ decodeTrieDict(
  "!}.&u%}'&}*'~!6*)%&,~!J~!J~%L~y<~!R,~~%Lu~~#GD~~#|)1#%}^%}2%+#.##%##%}&%##%'#%##&%#%#'%#&#%#&#'#%%#&#%##%#)%''%&%#%#'%#%%#%%}%%%#%#&(23#%%#&-%0%('1#(##%#'##+%'*.:1}#%#6-+(%'%%#%%%}#L'2351&('%}&/N'(0(/*-%(%%}#'+&T%7.2}#&%&#%#36/5##%&%%#&#%%#))2%%##%&&'0~!#*+&'%1~!%).'3q?&%'1~!.##%6(~!+%%%(Gw'rT~!E#<nA%#jZ~!H%(~!42##~!*31&~!G%U~#)5~#`3~!J~!Z~%]~%Y~%C~!q~!u~#kz~%#~!6'~!D~!U~!?~#T~!c%~!G#'~%7|~!G~!J~!G&~#pb~(Df}#%}*&}#%##%##%##&#-}&'#'&%#.++}%mI,#,@&(}*%}*'%&##&#%##%}&0}#.},U},%}+%}&%}#%##&}B%(}(%}+%)})%##%#&}&%##%&}<%}>%#%&}*%}(%}9%}/%})%}*%}*%}?&}&%}3%}&*#%})%#%#)}#&#-#+*%E%%'%'#%}#*V##&##I}#&&##%&%#&&Qf%%))w/0+&%#(#.%-''''++++7}>%4'',##1,#%#&%##&#'##&#*#9)%&%}#*}%,#+P(%A&%#'&##wSD',9E00#y#@}(+}&%&>~!#~!X}#*}(&&}(&}(,%}%&#+&}#&}I%#%}%)#(},'%#*}4%%#%}(''}#/##(##),%-##%%)#&}(.}&%#&}%%}*&#%},&&}&%}#%*'#%})%}D&}&%}-&}6&#&}-,%}#%})-(~+`~,=?~I9'9%~!,#%})%})%}@%}?%}(~!?~#<~#pP~#BG~#=1#%K+~#?#~%;)~#A~#mF1~#A'~'X%'~#lR~#N~'N~#r~#m#-~#i'?%#'%~#B%##%,%#~#_%#0%~#]732~,w~2+#:&#%&'0%&>%}#>##F+)#%&&#(+_}4&}-%}(&}@&}O7Fdf0@+/v4}&WU##&/0#&'('B#%}.%}'+#%}#%%&#&%#%##+#&#)#6#'#.},%}c%},%#%##%&#&%#&~#>'*-.%##%##%}#%%}%'~#)D1}#%*&~#_%%'(~#S2%'.}#~#=##*'*-%}&'%'##&&~'E%.#&~#M4}%%##&'%#~#O1##%&#'+~#<B%##%%'%+~#;#@%}#&%#&&%#(~#H1}'%'##&&~#?A}&'~#D#%32}'&&&&~#[}'(#%}'~#;C})&}%%#%~#=&%,3}%'(#%%~#^'#&&)#%'~#Y%-~#d-%'~#^%%&#&&&}#~#b~2t*&'~&(~&@~0%~e~3}%*''0})&}+~!9##-}#%-hD*)1fC#%/&/fB#40~!+#)*4~!+~!K'&:~!/*7~!.#~!H~!L':~%x&~!H#~!*~%1~!I#~!+A~#p'~!F~~#-#~,,(~.Z~!V~%;'B'mq-W~!N~%I%#&&#&}#%},%%}'%}+X#%}#&}(%}'%}<%}#%}%%'}'%}:~![)9@~%>~#UA%-%##&~!C%~!-.9:~!1~!-^2/:a~!y,D*J#-5)/4~%23,~#G~!L1~!0X3`~!2+~!!0-~&E~!W~!o,>Y&]~%cZx_&~#O*9#A#'#+I'%#)~!0B*-5A+-((F&*M#)(-7-5+'-3a5Vi~!Y~!?+[)%3),ERHm~!+:D,VG.+)?fB%%*(%)'(#&80%1'8`K8?`+'Z#&O&'H5#*9)A%%5&3))0%39+.*7#()&&*=4@**L)<'_&*+..;(#*+)./&0#3)%')-8(4ixD(&.}%,('aI:,)%,k2231T)I'#/-W7,/'Q#.'Y24+h')37</31&83##&0#),H(?'&?/1##%#&&#%''-%&&&#(&''&#.-'%#%%(,')*'&#&#'##%(%(#%('#&##%%%%('%#%#%%#%#&%##h>w+v<ayvyvcg.uuhKr}g/v|g>u9i[~>g5uI~=RvdwEg;v/g;uk!!TTSx]@RT!U!#!@VBRUU!'UTe-d0c`e&gSdicedFcrdTaqb.kYcAohdYd@a3e+d}dMdtd.aJ#bqcK`dle/e.e'dwdPdodddjbEb}ogd^ofdpduc6j?l%d{drdqc)d7bacOdQ%T#Y)X.sR[yH>6Vyv3[xwLu>vo'!*.[yBacahoj>6Rew3[xqdZa#!a&#^(X-[yG>6Vyu3[xvg3sEr|g.u/Ri9db0T#^(Xa)!-[y;>6Vylg4wKs{JwNZt3@3r=c4Z([xlg;wKt!cpq's@v7A'*a(a+!-a#[y<3Dt?3Dt'>6Vym3[xmg9rxsNJwLZt4~?r?db1T#`-!(Xa,!0[yS>6Vz%NuQs.g4wKtnJwNZtS@3r>c4Z([y%g;wKtrdga8!a(!#&T*Y-Xa#!a0<or[yc3Dtq>6Vz43[y3JwNZtf@3s!Ju}!%Dti:pm3c_%X#tjB5pkd6q!r]u?voC'*-a.a2!0a&a+[yI3DtI3Ds~3DtH>6Vyw3[xx;:s#~<5pKJwNZtE@3r~d`a)!a2T#a.(!+U.X1[yT3Dt`3Dtv>6Vz&3[y&g9rxwzcxstPu.<rAJwLZtT~?r@dZa%!a.&^*Za(/Reu[ya>6Vz23[y1g3sEr}wkg{NuQRg{ci(U#5@b`~,cg#U(2WnH5wugcRh7dX#T(Y,a'Ta!!a,[yZ<]mj>6Vz,3[y+Pv#5ReZKu+=,%!H}7ABwkaS?Rh:BcW(X#<]mrj:ubv/ARekdg%!(!a.*Ta(Y.X1!#sP>Rl*Dt6[y>>6Vyo3Wf*jOvuumvuRgRJuq*!:9<B@bX~3jVv&v@s@5Re[d/rQt{uAvo&a&a*)a2!,0Wf!3Dt0=Bs'>6Re}3[xy~<5s%JwJZt1~Gs)c;&!#2sJkNuXvzq7rxu,Re8dka4!a8(aEZ+a@Y.X1Xa)[yd=Bs(3DtP>6Vz53[y4cX#X&Re:avRe9~<5s&JwJZtQ~Gs*i^rzvdRg+Jv{%!2sbB@bX}kdga,!Za?&^*T1/!a'Dt+[y6>6Vyf3Wf%g/u;s4hGu6?Rh-JvZ,!c%#&RoX54Rivj7uyvf8RgTKvZB%*!2sGh<vu5Rgq<=C::9bb~#dZ#T&Ta6Y.X*Dt>[y93Wf)coZ(T,6VyifluvRgC@95@B@bX~/hFu34cC#T,k/unq8w8Q5RkUklwQuzunq8w8Q5Rk8d/rJu?v8w9)-&!a0a;a&aIWejg3sEr/h1s<DtDJvyZqY5aws3Jvy!&Wei~Hr1:au5@Bag>23E~5c:Z&bX};kKv?w&unuVu5Rjc;>bs)#~@:Rh.=ay<a]C;b`}Vd6s/t{uAvoaxa()!a,a7%-a#a2Dt,[yF2Wo[>6Vyt3[xuNuPRi&NuPwpi#RoWh?vf8Ri%Jv]!%Ri:KvxD!.'2WeAjZu`q9rxu,Re7woeAg-unLq(qA_/*2Wg_g3u5q^9:4E}/jTrxrzv=Wkkd~0UX#^^Xa-a1a5T&a=U1a'*aEa]!a*aPaA-adok[y54Rn>;:p3~Dp5g9rpsFNvZqjg3uJp4~<5p0Pw;5qlJwNZt*@3p1Pw:5p/Ou!5p2JvG'!6Vye=<qnJvh_[xhg3v,Rh3kOwOw-sDuev/Re^dha[a%!%!a+#Ta7)-5TaCaO!aka!a)sf[yb2>Rl!9ARiq5E}Qg=ucRkBE|oJrJ_@Wk~@Wk{JrJ_@Wk|@WkyJrJ_@Wk}@WkzJvO_[y2g-vMRmiKuYC!)&>Ri;>Ri<@3RkNc](X#@9Rk=g5vuRmhKvDB!+'=]meg3u4Rmgd)#Y'Vz3CARmfd`a+!%T'!+#Ta1Ta6TaM-sTDt9[yA9sYd'%Y#s[[xpj:ueunaXRgEjRq,v-vuqdd2'`#6Rev<32@5>:2<E}5xIo9a*X#Y(;5RePJvD_g>vyRgNj8w)v8<wggs:RgXiZt|vjx,hSq3ah!-(~@:Ro/Ou!5RhWj^v(pyw8unRhUdx-UY#^Ua.a3a70!)%UX1TaDa)'omRiRRhE[y:3Dsz=Br,>6Vyj3[xkg6ruwjcqsrPw;5r*Ku]D'Zt-@3r(~?r.i[vwv]dU1a--U#`a4(g/vsRhPOu!5RhLj:rmu9Wo!~@:wdh@g/vsRiTjXuvvNr}:RhBj^v(pyw8unRn]dz1UYa'a+^Y(!aETZalaRY.Ta?a4[yDJw1!#qLsW>6Vyrfzq-pLflpwRe|Js>%!Dt@3Dt&Jvy_[xs~HrnjMuwpsw'RecKu+D#'!t<~Grl~?rjg5u-x,gwp{ah!-(~@:Rg~Ou!5Rh'jXuvvNr}:Rh#cW#X/c;&!#2sLi[v7u7RgpJv)(!iLrxu,Re6j7v@s@5Se[e7d`aW!Za(a`T.a#!a3!&aDa-!9)Dt_=6s+3[x~~DR|h~DS6avhGun5RkZj3w)v-]mkKunB!&*]kb97R|i<ARk<c:Z(6Vy}Juh'!wziMRoS:F|vkLuauJv5vtvQRh1d='T+Y#VyO~DR|jcF#T'7R|g97R|kJv3'!ay<Rj,Jvh&!:ReXcsa6*a+#a#_aIRf9aLRf?c,Z&Rf5Rf7c.Z&Rf;Rf>cQ#%T'p-Rf8Rf=ct#%'(*!,p,Rf4p+Rf6Rf:Rf<d~'Ua%U*^UYa(!a,-!#a4YaTalaEX0a8a<Weo3Dt/3Dsx=Br93Wen~Dr;~<5p<JwNZt2@3p=Pw:5p;Ou!5r3c7&!#:p>3Ds}KvGB)_6Vyk2sM=<r7x'eovA(!hFu1ARf}cV#X&@r5j6rvwQa^Rf3c=Za'wkghJv__g;unRggA53B9=b^}%j6uduo5Jq;!(hIv%2Re`Ou4ARe_e%a#^^^Xa&!a*a2!&a6YaP!*ad!#a:aE/5Rn?[y@>6Vyp;:pE~DrY~<5pBJwNZt8@3pCh=rt3rWPw:5pAJup_[xoNuPpF9c!#'45pD5ARn)d8#X'X*3@rU72s]h>v<<sSjJpqvewOJq/(!hNw'5ReBk0s2u3w/w'5ReE5@Jq.!a+JQ!&WeU23d(#Y&RjG5]jBk!u7w&u0udARjEe#+^^^Ub#!a2/a`Z(agT1!a-a;|@TaG!aS[yV=Re~fow'RguNuPRe?bz#'>RoUWeL>:Cbb|?JwPZtVg6ruRmzJvD'!6Vz(g/vmRh~Jvy_[y(g9voRgyx*cy(#2>Ri2B9b]~9kIw9u7rluJu3Rg]dI#a%UY'@=p%CAx.gQZ&RhwwygtRm{x5g_Z'+ABqR9Woa=Bp&dV#^*Xa'!&@o{g4v]Rk;Jv{!%Rk[wkkiA5RkiwwfUB=x,fUuqC&*!>RfTg8v0RfV~ARfSd;rJsAuAv9wR'ae+/aO!a@aza/a#[yQ@Wg!2Wemg3sEr0JvB_g>uvReWg2v+Re=KupB_+[y!2AbY~-~Hr2AJwD!(h<~El>h<~El?Kun@+_:9b`}Kg-v/Ri3g;vtwyk_9]k_d=&T#*U.6qh@Ab`|K9:H|CJv[!&3Dtex'fDwC%!Rf[9WlMd[(^X,!a%Z06Vz!@WgBg=v~Rgvg,QRe@awd,#Y+jTv|Q~EfWj]uNr|~FRfXdy#Y&^Ua%!aO.!(a)Ua;=!a@aKap!a-,a!Ta]a[rSa]p?[y82sK=Bq~;:p:~<5p8Pw:5p7d'#Y'Wf(;RnRi[u4w&RgJJvG'!6Vyh=<r#ijuuv/sIKuYD'ZtG@3p9~Gr&d2#`(g<vtRgFj`u5w&rqpxRf2CJuY!+:wfnTOu!5Rg}jNs1ucv&RfwJvA!&3@q|BDcC#T,k/unq8w8Q5RkTklwQuzunq8w8Q5Rk9dga#!a'!a=#a0!:+Tb*b@aO.a4!aba8aFJv^}?!VyR~Dr<g;u%Rn.~<5p[x'e`wNZtR@3p]Pw:5pZhNvjBp.woe_g5u-r4JwF!%DtO3:ooc7&!#:p^3DtpLuGw(!+%)Dtk6Vz#2sd=<r8d'#Y([y#<x3gJt`w@!)%}MRiowzikRij=]ilxAf3,U(#B2Rf#g0v-Rm[ck{`U#]giKv3>)!&6Ri154s,KuGB_%@r68r:dJ|t`#X(9<E|u2@H|rx3gJu?w'!+'1Nu7Reg4=H~+9<wxgY95Rm]xLggZ-`(X}U2:Ri4h<uOawRmsJv__5@bb{jbV~3dka#a'a]!,#a+U=a>b6a3b%!/aKa/)!arwve^VyJ;:pR~DpTg3uJpS~<5pOPw;5qmPw:5pNOu!5pQJvG'!6Vyx=<qoJvA!{~Jup!%@qk7Rn/KvyD!}''[xz;>wkh'?Rh,x8gyt`w5D!&),(SgyccRgztJ@3pPB5p#d'(Y#<]mmifubw&RgoJvE&!82s^JvF&!8Rf,ADb]~;x=h'rNu]vK!,%'*0RnORh)4Rh*AqQg-vaRnNg;wHwkh'ba~4cE#Ta*x3gctyw@'!+%RnFRnD<4Rn@hFvK5RnCxWg[#`&a0Ua()`1Rm75Rg[c]%X#qi8Rg^NvdRj>BwzgZauwji7Rm6A4wgg]d1#&(*,.0a#Rm;Rm<Rm=Rm>Rm?Rm@RmARmBe%#^^^Xaea?aC/b+(,!a+a#!a/!>a&Ta<aKbD!2wphBRnk[yPw}hE|.=Br-3Dtm>6Vy~g6urRf.x,hPrNav!%'RnqRo%Ro#Nu;q[Pw;5r+JwNZtM@3r)d'#Y'Weh;xChL#`&RnmRnoKu}>%(!Rne~Bs-;2wjcussJv+'!aYSO}6@B<5?ba~8LrNvj!.%*ROwungw~ng~:9;Ri^>wtnig;wHRnixDh@|(UZ.x1h@|)!#:2<H|*xHn]#-UX'3Ro)z=iT}6ARns=Bwsn_wpnaRncw]aR(#UXa&Ua*a/=]iPd'#Y&Ro'WnXf{QRm2hNvj]nZd`'T~&1`{|`#9b]{}c:'!#Wl{>@=be}]?cl{{U#:5Abb}Jds#^YaF!a*b4a#a3aPa>&Tb!bH!*a_!Eau?/a&RjY<]gj>6Vz*;:pe~DrZg,QRj1JwNZtX@wihspcJvZ&!VyX9WmOJu|!|N2WmHJvh&!]ht~Bpbcn&T(!#RmQ<s7Nu;padH#X'`+WmJ@>RmKCARhnKup=!)&Wf+:RhqNuPpf9c!#'45pd5AwghpARn(Ls@w!%,)!RmP@Wfe<E|IJva!&WmNg8vsRmLd`*.`#Y'Xa!axRn*]hrA8Rhug5s@rXg8u!RmMd8#X'X*3@rV72smdI*#UY&RmICARho~GsgxVgd)Ta'U-Y&Xa!T#RnEWnA@Wffg1uDRi0hFvK5RnBxGnG&#`%owp)@wsf+bX}Ze-*1!a*^^^Ua|!#a.aq&Ya2!a>.a6!a:aO`aJDtL[y`@Wg#>6Vz12@wzoYRoZNuPRi!NuPRhzg=ucRi,@=b`{Yg=ucRi-ACJvB!&Sh[ebSh]ebi`wUuFRm4Jw2_[y0JvB!.<Ju(!&SoG}6Shd}6<Ju(!&SoH}6She}6Kur@._g5vHRieJvx!{L2G{Kx6gd'T#?Rh82Wi5cZ#X(g1w)Rm5dW-Y(Ta#!a)!#aYa=wnfE=su2>>bU{0j9udv:<svj8uQv-7RgHdE%#^'sq9sp=>Bb_{TJv`!&g/r|snj6v(us5d,#Y(56H}[978H}]Jw5!&g1rushJvB!+j;v{u5?zDhd}6}bj;v{u5?zDhe}6}ce*#`(^^^a[aea!=!a6a*aoXb1a.!aAbL!b>,b'aL!aV@Wf|2Wlg3[y/JwNZt^@3piPw:5pgJunZou3@rsJva&!Vy_g<v~Rm#JvG'!6Vz0=<r{Ju{%!:pj@WfsiXuJu3Rm:JvZ&!WfA~Bph@c4Z&Dtwax5rubx(#:awRk1@d,#Y&RfjRfid1#,Y(@Wfp2Wlrg5s@ryKu[@!,'=]ig9wlk?Rk>g5u-rqJvy'!@9RkQcH(T#=>Ri~@<wkj(Wj(KuZB*!&<7rw@9RkRcH(T#=>Ri}@<wkj)Wj)dg(Ta2Xa9X#`-!a*CARhg@@=I}d9x;c~#X%so=<sj>2@@=aybb}XjWv0Q~EfEj3vLv;<d,#Y(56H}`978H}_dgaPaFa'a/!#a3Y0a_a;a|!1(a7-[yE3[xt;:pJNvZrrg3uJrvJwNZt=@3pIh=rt3rxPw:5pGOu!5rpJvG'!6Vys=<rz@c4Z&Dt(ax5rtJvZ!&~BpH@wsfNg-vaRlNci*U#=<wei<F}a5@Jq.!a*JQ!%@qZ23d(#Y&RjH5]jCk!u7w&u0udARjFd/prq=tyvpaEa(a:.!a1aZ(@@=I}:9wpd%=<sX55w_h}@@=I{t=ay<aU@@=I}T=ay<2@@=I})?C9:9au@9Cb]}DP~=x-fAZ(2Wl1=ay<aU@@=I}>5@d##Y+jTv|vV~EfFj]uNpn~FRfGdgaK!Z2&!a8a-Tb({E!acTbM*!a(DtY[yYd'%Y#sl[y*hHvh>Re5x2c{Z}.j4uCvcawRiMd+#X+_x&d!},<5RkX;2Hzw@x,gavfB-!{CcF&T#Roe;RodwWbBg5urRgaKvHC*_6Vz+<4opieuew&Rmq@d]&Y)X,T#X0Rh}<BqP=4qS9:ReMg/ujReNJw0!/<Jui%!bd{kawwnemRelAxUa?a3#*.&UX(Ya+a/RhvRnQ<o}9Wmtd-#Y&RgSRmw9;Rmxay=Rmyg-vaRmuxEhSrNu,v-voC!%(aR.a(a7+1Ro1>Ro5CE{A9b]{@;5x#eO{:g;urRi+KrNA!%(Ro3>Ro79;Ri_Ku@>{;&!x%gX|{KunA_+g5QRj/g3u5Rj#g>uERj%wio/xRhS&!,!#^1U}wba{8>>@=be}qC@:D5ba{7Ku+A&!}x?ba}t>>@=be}se(aA^^^Uat!b0#{pa+awUazbGa#aLb9bgaWac'a5TbS=Br!d1#`%scp_Jvl!#rT>Re0JvX&!VyN=H{Fcm#U&:pY=ReaJv2&!]h0=]nUJvG'!6Vy|=<r%JrM_=]h2@Wlud'#)U'Wf'b]{i=]h/Jvh!&~BpWg=v]RnMx+ny#'Nu;pVwjnu=]nwxJnx,T#`&Reqwjnt=]nvieu9vrRjLLuYwP(#+!th@wih5pX~Gr'g5v/Rh4KunA'!-CARnP@wwiN:Rm_9x'cvw>!|l=<saKvAA!0&3@q}>w^e1bp#&Re2Re3BDx7gH#T|f5H|eKuZ>!%(:qNAH{]Jv6!+3B2B9=b^{X<5<B92:E{ZLvhwA(a;a%!igQuyRmad+#Y}m@3Rh5d8#X'X*:AqUAHzmaxwbh<aXRnVcF}RT#Nw&cj#U(BWnug/vsRntdka)(a3+.Zb7aYYan1!bVa@Xa}[y^@b[{G=H{+hFu73Rj&Pv#5ReQcK%T#sig1v{Rj'Ku+D#'!t]~Grm~?rkKuMB!01d5#`'Vy.ta3Dtu~Hroc8#'{^45s85AwZbP&!#Rn!wghxWn#KvEA!)&2RlA2RlBx:h|#(T,=]j09Wobz>x]z/@awRoTd+#Y(az]hFhCrm4d,#Y+jTv|Q~EfMj]uNr|~FRfOdCa!Xa9_X#@<plJvf!%b`{(9;Rgwc;.!#2x7cw#T|UDb]|T5Ju={(!=@E{&Jv)&!Ab`{'awJvf!~*>>@=be{#KuY>!+&4Ezyi[ugv&RjIdea+T)#UXa&T-T&a!Rh9auRmW=]kLg5vuRn+g3u4Rn-Ow6ARn,hHus5xNk?#UX(U~)/g8v0RkD~AwkkF?Ri.OuNBwkkA?Ri/d|a2`a*^UYa.!aBTZaTa'Xa;!(!2!-a#b2[yC>6Vyq3[xr2Wi?g1rusVh%s?DtF~<5rbJs;%!DtBfswKtCj[uvuSsEu3RgVx3o:u+wN'*Zt;@3rd~Grh~?rfg8w)Lq)qE&-a%!>bI|`jWv0vV~EfCjTv|vV~Ef@j]uNpn~FRfBcK#T']gWNu7x,k7q4ai(0!hHv8<RhmkMu9vrsBuev/RhlCJvB!,g<v{wchh~@:Rhji[vrv{wchi~@:RhkdS&a5UY#Ta!RgPwwiI5BwciI~@:Rh`x'iJvj'!5]iJPu8Bwch]~@:Rhach)U#h3rp]gLh@t|Ax,hTq3ah!-(~@:Ro0Ou!5RhXj^v(pyw8unRhVd|)`,^UYas!a?/a2Z'a^Ta{Tb7Ta(a#!a,Wf&9sZ3DtAadamov=Bqt3[xig8vsRm~>waiL2b`{QJv*_Ouv2qgj<v]v2BqfdR'X*X#Y-@3qr~Gqv~?p6hHv-]glPup5Lq+q?_%*b_{qF{n9b^{rOu4ARhpKvCD!+&~Bqp:5Dbb}nwoiKl&unuTuBv]v+ueunaXRf0=Jvh!0nKufu8v1w&w7q%w&uHrz:Rgnj5w,uxDJq/(!hNw'5ReCk0s2u3w/w'5ReFd>Za&!*UaA=<wkgsRnSJv^!%Refifw3vyRgOKu_B'!,<]gkiiu:w&Rh<=C@a^<B57@2F{[<B5@aW:=3away9A5aW=<B=C@a^<B57@2F{Ie-#`(^^^bCara.b8aza6!/bZ,!adTbnTbOb+aFaS!aAT9@Wf~2Wli3Dtl2@d,#Y&RfnRfmJwJZtN~GqyJva&!VyMg<v~Rm%iXuJu3Rm9Jv[_=]ih9wlkDRkCd1#`(@Wg>2Wls3cH#T(@<Rj*=>Ri|b~'#23s9h<~El.d'#Y&Dtxi^rzvdRl#d*#U%(o|B2s`hJwSaxRmDKv4B&!1:Rmdd5#`'Vx}to~Hq{x'f1v3(!BA5ba|bJv_&!Wfug1v]ReIdO+U/Y#&G}-8wze=Rh{g1v]ReHg/uQRf/by#)ibQwERl/cH#T(@<Rj+=>Ri{cNu+vlax-!(#a0qa9<Rii2;;bU{H;x<i=&X#Rk`<4wwi=C9H~8xAI(Y#<azRi@45wXI<B9;5bb~7dL(X#Xa(+!aL6Vy{g5QqOau:5au2@ay547EzbxOcU(UX-T#Ta#:Cbb|A?wjh/b_|SOw6ARgtihr}u7Rhy<d1#T)X1@@=I|~=ay<2@@=aybb}Sj3vLv;<d,#Y(56H}A978H}@dGpvs@uAu`vcw9*!aFa+ai%(b!aXa8.a?a[ozWey=sU2@G}Nch&U#Rf_WexKu+D#'!t:~Gr`~?r^j]uNr|~FRg*j^psurwJt|RmcKv)@&!)7Rkv~Br[@wxfO:Rl3co#U'6Rezj_q#vIuavjRltwzeyh@vr5JqD0!>aY?C9:9au@9Cb]}9cl#U*5;5<H||jbuus1ucv&Rfvg1v~d/pppzqFr^a--a~!aMat1(hFv;Wiz@@=Izoj5uuv-7Rix~Cw`fk2WlVcZ#X,k)u3vWs@u2]ktg;wEx'fBq(_2Wg/jTv|vV~EfoJv]!15x'hzqG!(P~EfU~CRl_j6v(us5x4i-#T(2WmZ?C2F|d>Kq<aj1!*jTqIsBv=Wl`~Cw`fi2WlWj`v0u*~>RlR=c>Z,k#u3vWs@u2]kr<c1Z+jTqIsBv=Wla~Cw`fm2WlXdmb3!a{(arZa`bkTa%TbQTa-a9+c'!aM!/[yL=Bqug.w'RifhFvyDRj.g>vgwyk^9]k^Jv3_@WfbAARkhJw2_[x|JvB_wkoIRoKwkoJRoLd'(Y#<]gm=<9<H|yd'%_X#skDtb3awwqkgNulRkgdB#^',9:p'hJwSaxRmEBwVb8@4=H|qLu+w50&!)@3qs~?pU>Awwn;;Rn=c:Z'ARn<=<qwKvC@!/&~BqqJv6!&]eVb^z^xRge'/a%+^`#Sge}6<4Rn3=]n0Pw2>Rn8Jw0!&>Rn:>Rn6cY#a7+!a&=<wkaNw~h3z_c5Z{=wjh#=]nLKv^D!&)Vyz=bW|swYb<WetcG#T(2wxa@qVx@gD#Y&b^|V5JwG&!5bb|pg/w&RgD@x=kHs=uAvn!a%%/'+RmSRh694Ro`g-vaRmRhHv-]mlxCcS#`&ba~.5cD#Ta)P~=d,#Y(56H{>978H{Dd_#{2^Y%_+qbbb{6g3sERhsbU{?dfa.,`a(Xa<!aiX#(55RiG54RiHcI#T'WiU3RiVNvdwtfcRlKNvdd,#Y&RlHRlExQgf.1*^T'X#Sgf}6Wn4=]hfPrk>Rn7Jw0!&>Rn5>Rn9Lunw?&a2!,5<oq@@wqfdRlJj5Q~=d,#Y(~ARfcOuN]fdDKw;ay(}i!547E}j?cI#T(@5bV}iCbV}hdv(^^Tb?a40,b##Tbo!a*bR!a<b|a/!aKai!aU[yK=]o^g:v>ReGJwPZtK<7Rh+h<~El,Pv#5ReR@awwxjCg,ulRjDJv6&!]j!z?aQeeg>w=Sh<eeJw;!&axEzOg,Qosc!#*:wkeJ]eJ>x'h-u(!%Ro.w~h.zPdNZ(X,Ya![x{;9ReY;wkgxRiF:x?ap#Y&RmUg<s2Rkod]+UY0TZ'!a&A9sw<=bczLNvuw{gqzNhJwSaxRmCKuLay!#&s_Rf-55b^{uJvZa!!c%#(55Ri654wmiu5RiuawLu,vp!+}^%b_}Y9;wkgxba}o>A9:=b^}zKuh=a''!3awRk3c*'!#aHRk6c+Z&Rk5Rk4Jv)&!awRjSawd9*`#0?C2@EzMj8u<uJ5RmbjQrquJu3x,k>uq@_+=ayb^|W~ARkEOuN]k@7dhzV^X/X&a-#zRzSb`zXcJzTT#2WkVKvDBzW!%FzY9;5bbzWjQrquJu3Jw3%!b`zU=ayb^zQd:#X(T-a!6Vyywxh}=b]{Jg=u1RiAdGp~qHtzv!w(wA+a+a;<!aJaYai'anasb(=azRmV:Cbb{MLq2vb!%')RjuRjrRjtRjqx3jnqCw3!%')Rk(Rk+Rk&Rk)Lq2vb!%')Rj{RjxRjzRjwLq2vb!%')RjsRjpRjfRjex3jcqCw3!%')Rk'Rk*RjkRjl9<CbbzfOu4ARhxLq2vb!%')RjyRjvRjhRjgx=joq*uKvb!%')+-Rk.Rk%Rj~Rk-Rk#Rj}x=jdq*uKvb!%')+-Rk,Rk!Rj|RjmRjjRjidAq&qKs@uAv8Aa.'*-a@a&0!aM@a5[y73Dsy3Ds|3Dt):wxgI2sHJwJZt.~Gqxwsf0ikrzt}Rl0Jvy_[xj~HqzKv_A|D!&WfP8axRoVcf,U#k(v]v+ueunaXRf1Ju}'!g8u#Ri=jQw!sCunLprq>!,')~<5qeGzq9F{W=c##%s5au:5aU3CBE|;d4#X(D!a&6Vygx(b;#(=]ed?C2F{N<capoq2r[a&!aPa9,'Pw;5s:@@=I|,55w_h|@@=IzcP~=x'fCqB_2Wl2>aU@@=I|1OuNBc1Z+jTqIsBv=Wlc~Cw`fl2WlZ~AcTa%!Z+jTqIsBv=Wlb~Cw`fh2WlYk+uNqJsBv=WlSg,u3dca3#UXaMYa)TaB-=cM|7T#<bI}l5@B932:aV2G{BOuNBJq:|M!5Ezt=<B=C@a^<B57@2F{v>cB{/T#=ay<bI{3Jv6!a.6BKq0ah&+!5E}HP~Ef{978BaU@@=Iza<7d#.Y#978BaU@@=IzH~AJq0!(@@=IzG978BaU@@=IzFe,aU*Y&^^^bvJb,b:bFad!a,c2Ta>aL.bo6!a#CbTa'T#Re{2Wlh2@G{yg6t~Ro_NvdRfticuRQRllJv3&!x&c|zs@Jw3!%RflwpfkRlpKuL;%(!Re<@G|C2GzdhIvuBwgjAg-u0RjAKQB%!(GzZ@G|5NuuRl7d='T+Y#Vy[g<v~Rm!==G|>JvA!)@wma=]m1ifuaw&RmnLs@vT'!|/+[y,g:v>ReTJw1!#qX=x!eC{bLu+wT&)ZtZauq_~Graci&U#F|89:r_Lupvq!.)&2RlG8RfaC=x!eF{_h?rpWlmd&'!#X|&]k::xJey#`'T|+<E|&2@H|%dE#(^,g;u.RiEg6vjRiC9xCkA{O|zY#g=ucRmXKs0@!&*@G|m@awRknJuh!,3d(}gY}eJvj!%Rm):Jw3!%Rm+Rm-Ls0w(&!a(a#@b[|6cZ#X'7RkxWgAOu4ARn'dH'U#Y*Vz-Wm'CARm}d]*#a%^a*T'aK!a<9bV{PC=p*Jw4!&SgxcbB5r]idw(wBRmF7xFkt#&`(Rm/Rm8E|!JuY_9:Rl5=wrgr2:bbxd@xXfB(a*#T+!.X0X1Ta/a'T&RlDRfL>RlyARl9b[z[>RfZ:RlL:RfRwlg/ARl;9;RlxKv,A/!%7s69<74=BA5ba{-8Bde#`a<XaKYa1,a'P~=wxfB2bZ}}?C972@@=I}r8@55B9;5bb}G978B2@@=aybb}3j3vLv;<Jw3&!>Rfk=ayb^}4~Ad1#`*@@=aybb{w2@>==<bbz]dx+UY#^UaF!a9!bB'Ya1.!ajXa#%olRhD[y=3Dt#Ov5BrHKuMB%!(Rf^Wep~HrJwkiQjKr|~FRg)Ku+D#'!t5~GrF~?rDdV)UY,Z/_7RkuG{<~BrBg,rlsO:235B@bX}|d?a1!#`(6Vyn5@d##Y+jTv|vV~EfIj]uNpn~FRfH7Lq2vb1!a9-978BaU@@=Iz9978BbU}#~AJq0!(@@=Iz8978BaU@@=Iz7~AJQ|}!978BbU}!JvkaK!AdUa21-U#`a+(g/vsRn~Ou!5RPj:rmu9WhOjXuvvNr}:RhAj^v(pyw8unRn[kPr}p|u7vwv]RiSBd;pppzq@qHQa?(b.!a.a`@.|xa(hFv;Wiyj5uuv-7Riw~Cw`fg2WlU978BbU|wOuNBJqG!(P~EfD~CRlQcZ#X,k)u3vWs@u2]ksg;wEx'f@q1_2Wg.j]uNpn~FRfqJv]!15x'h{qG!(@@=IzK~CRl^j6v(us5x4i,#T(2WmY?C2F{1>Kq<aj1!*jTqIsBv=Wld~Cw`fj2Wl[j`v0u*~>RlT=c>Z,k#u3vWs@u2]kq<c1Z+jTqIsBv=Wle~Cw`fn2Wl]dn1#c(a(b^a2!b/bAT(bj!aDa7bu,a_a{c0!2T0g:v>ReD2@G{42@G{5~DpM~<5rc=Bx6i>{RT#RnI@zCx]y]z:2Jv[!zr5Awyk]9]k]dD(Y+X#6Vz.g=wKtgwhaCwgmTWj2Lu,w%_+/[y-B;b^xeg3u3Rj-2@bX{*KrJ<!+'@Wg(g?QRlC@Jv`!%b[zIwsfII}8JQ_@w|kW|=Jv(%!AqcOuNBJvEzh!bYzjLs@wP#(0!oy@>RkdJwMZtc3Dtd@BcG#T'9bWxg2@2Fznd*#Y+;2x'c}w<zizixNgwa#Z'U+!/!a'!a+w~g~z6wcn{Rn}wcnzRn|5Rh%=]nJg5vuRmvNvdRlvcprJu}w*az*a#!%.a.'Bot9qT]kj@Wg'ay2Gzv@Jv`!%b[zEwsfHI}1;ck#Ux`<Cbbx_Lu+w!a&0*!wko*wwo,So,}6Juqxf!E}PigQuyRm`d3(`#8>Rn%:A5B;bZ~%KvhCa!a2!x>k7#Uxb@b{#xaRk7Jw0!)>wwhlShl}6>wwhmShm}6CJvB!.x'hhvj{!!5Bwkhhbaz}x'hivjz~!5Bwkhibaz|xEhTrNu,v-vpD!a%&/)a3a.,%Ro2t[CE{)@3re9b]{%wjo09:rgc:Z&Ro6=<riifuaw&RmoKrNA!%(Ro4>Ro89;Ri`dSaL'UYzxZb)7Rka3xRhT&!,!#^1U}vbaz{>>@=be}yC@:D5bazzKu+A&!}{?ba}y>>@=be}wxBh[t`u~vJvr!%a!a()a,a0a4RoC=]o;Ju(!%RoGRhdwjh`=]oAg>w#Ro?g5vuRo=NvdRl|Ku]C.!&;RoEJvB!%RoORoMBx'h[v+_?w~h`}~5?w~hd~!xKh]oiptu-utv.vp!#%&a30a@a'a+(a/aOp(o~p!RoDJu(!%RoHRhewjha=]oBNvdRl}g>w#Ro@g5vuRo>c[#X']o<CauRoRAd-#Y':RkpauRoQKu]C.!&;RoFJvB!%RoNRoPBx'h]v+_?w~ha}t5?w~he}ue!/UbhYacXaW^Tc&a;b:a-c/#b&aja1(!cL+!bKbt!bmcRc9aIc?8[yW3Dtt94Rg`Jv}!&SiRMzBhEebShEMNuPRe>x7gL#TzuwjirRipc<Z&>on;>z=h-MSh.Mwqczx'a7vj&!>Re4@=ResJt__NuPRi*NuPRi)j]uNr|~FRfzKrJ>_+@Wfy@Wf]2WocKrJ<!+'@Wg%g/QRl@@Jv`!&awRl<wsfFIzgLu(w*!.*&ShBMwvhIRhI9;RhNx1hK'!#Sn]Mx1hK~0!#:2<H~7cNu+w7D*'1ZtW>Rn1~?rOc:Z&Rn2=<rQ<7wjh&=BSnLMc]#X(6Vz)w[b=a!U#9wzgMc3#&(RgMRitRis<x,gKt`ax!&+SioM=BSilMc3#&(RgKRinRimKurB,!&SiQMzBhDebShDM6BJQ!(P~Efx978B2@@=I}WLrJw!!,a*&@G}O@9wkibRid@@x'fKwC!&SlDMSfLMjUv~Q~EfKKv3@a+!(hFv-]mpx/hYZ(C5RiWz<o/MwkhY?So/M@x,gbvfB*&!SgEM:SoeeehFu3:Rgbda(,^TZa)X/7Sg[eb:2RgI~BrMC@wgkc:wwkcRerx3h(uUvK!&*,SnOM4Sh*MArRg;wHRh(x=h;rJvPwI!a4',a'0@Wg&=BSh/Mg>w=Rh=g3w*wwgGRgGcW(X#;Sg}M2Gzk@Jv`!&awRl=wsfGIz`dKZ*T'Y-:RhR7RhQg5u-p`j6v(us5d,#Y+~Awkia?RicOuNBwkibba}Ld6p~tyu_vbAa'a+!a/'a3aEa8a!>Sh,ebJv{!&Sh@ebSaReb9;SgwebNuPRi(NvdRl)NuPRi'hHu^<Rm^Jvv_@Wl(g;u1Si/ebKu'B&!*Sh?eb@Wl'z@aPeb95Si.ebcpputyvjB)!,&a+0a%ShAMWeK@G}C@WfJ9;RhMwvhH9w{ia}ix,hJvRA1(!zAn[MRhHx1hJ~*!#hFv(BSn[MBJQ!(@@=I~'978B2@@=I}2db.Ua<'X}+T#a0XaG2G}E;wkg|wuh!Rh!x,hZu,@)!&So0MVy)C5RiXACJvB!&5RiY5RiZg8w)cG}*T#2@bU}=KsA>(!a.3wkhZba~(x,h^u(A!&(SoCMRhb5Bz=h[eb?w~hb~6x,h_u(A!&(SoDMRhc5Bz=h]eb?w~hc~6e)aA1T#T,^^^c-bMb&blcPaP(a/!0!bA=b5c@a(!bfbrc#2afwmhARnjwchORnp2Wlf3DtsNvdRl-2@wpa<]m0bx(#:awRk2@Jw3!%RfhwpfgRlnKQB%!(G{V@G|'NuuRl6d='T+Y#VyUg<v~Rl~==G|<Jv+'!aYShC}6@B<5?ba~8@Jw3'!g2QRljhLrpWlOd+#Y'g.w'rIg>w*wgj@g-u0Rj@Lu+wT&)ZtUauq]~GrGci&U#F|39:rELrNvj!.%*RhCwunfw~nf~:9;Ri]>wtnhg;wHRnhx3hDs@v~!/+'@Wfr@9RkSNu&Rlo=@<5GzoKs0@_+@Wl+@awRkmJuh!-3d(}pY#qWJvj!%Rm(:Jw3!%Rm,Rm*de&!1U-U#`)Re;@G|.@9Ri82@wjfvRlq=@<5GzpLvOvr!).&2RlF8Rf`C=x!eE{.Jw3_g2QRlkhLrpWlPde(!#U{s,UXa*Ta'[y'g:v>ReS;x0PZ&RnlRnn~HrKJw1}f!=x!eB|2w]aP(#Xa&a*Ta.Ua2a7=]iOd'#Y&Ro&WnWg;u.RiDg6vjRiBNvdRlzhNvj]nYJuW_2Wm3x)kFze{9d])!a.!,Y01!#&aC!a3RndC=ox~BrC@2b^{pg,rlse7x'ksuq!%Rm.E{xidw(wBRmGx9o+)X#wwo-So-}69:Rl4@xSf@a#XZ'X)X,Ta(/ARl8b[xc>RfY:RlI:RfQwlg.ARl:9;Rlwdn'#^XafaQa1X1TaHTa)@b[{zcZ#X'7RkwWg@Ou4ARn&x)kG#{,g7u/RkGdH'U#Y*Vz'Wm&CARm|bx#(A]gUbUzJj9Q~=d,#Y(56H}l978H{U7d,0#U*2>ABb_xZ978BbU{e~AJQ{g!978BbU{hxMh?ad{oUYZ.x1h?{l!#:2<H{mx3n[t{vl!,&a%3Ro(z=iS}6ARnr=Bwsn^wvn`Rnbd`*T}B0!#^X'BG{c9b]{a>>@=be}F?JvS!&BG{d7BG}(Bde#`a1X,Ya@!a'P~=wxf@2bZ}I56B2@@=aybb}08@55B9;5bb}<j3vLv;<Jw3&!>Rfg=ayb^}&OuNBKuLA!)a!P~=x#fD{f2@>==<bbzl?C972@@=Ix^d6rSu,v7w*C(0a)a6#B+a%!sQ[y?3Dt%3[xn~<5rLOu!5p@Ku+D#'!t7~GrP~?rNKvlaya7'!h+v-5qMg=t|cd,U#5AAaa5Abb{S@52B5@a[@52B5Gx[iXueu;d<#`a(!/549C;ag>23ExY5@Dah89b^~689Jv)!~2b[~1Lv'w(%*!a#bX|aPrmawRe]keu7uhv-q6rxu,q`xTo]/a5aU!bNaDXbi!b-!ao!b<bwA!#5@B932:aV2G|:d-)Y#hJrL>RhG<7@C5<H|_=Cau:5aj5@B932:bJ|ng>vIbs)#?C2F|9jPv0w.vISh-MKvUaz(.!9ABbb|[5;5<H|Eg>unwfh;9:4E|YjQsBt|vjx'hYq3!(?C2F|J:2<BaY?C2F|GOu!5x,g|p{ah!-(?C2F|c9:4E|OjXuvvNr}:Rh&i[w*t|cd+U#jJvsu)vsSn~Mkfrmu9p}u7vwv]So!McW#Xa!ax5@A5aY:5;5<H|>kJv~vYrquJu3x4ib#T)2@SmZM?C2F|Bj:rmu9@xPhI(a*a#U#`a3-5Abb|L~@:RhK9:4E|0@52B5G|#C::aY?C2F|-:2<BaY?C2F|.5Jvk!a)javYrquJu3x4ia#T)2@SmYM?C2F|HAxPhH(!a#U#`a*-5Abb|4~@:RhJ9:4E|R@52B5G|F:2<BaY?C2F|Sc^#Xa2j=Qq5CJvB!-g<v{z;hhM?C2F|Zi[vrv{z;hiM?C2F|XKsA>!a)-g<v{z;h[eb?C2F|]i[vrv{z;h]eb?C2F|^iZu.vix,hZq3ah!.(?C2F|QOu!5ShXM:2<BaY?C2F|P",
  13494,
  2713,
  49,
  25,
  61,
);

// ../../node_modules/entities/dist/internal/bin-trie-flags.js
var BinTrieFlags;
((BinTrieFlags2) => {
  BinTrieFlags2[(BinTrieFlags2["VALUE_LENGTH"] = 49152)] = "VALUE_LENGTH";
  BinTrieFlags2[(BinTrieFlags2["FLAG13"] = 8192)] = "FLAG13";
  BinTrieFlags2[(BinTrieFlags2["BRANCH_LENGTH"] = 8064)] = "BRANCH_LENGTH";
  BinTrieFlags2[(BinTrieFlags2["JUMP_TABLE"] = 127)] = "JUMP_TABLE";
  BinTrieFlags2[(BinTrieFlags2["VALUE_MASK"] = 8191)] = "VALUE_MASK";
})(BinTrieFlags || (BinTrieFlags = {}));

// ../../node_modules/entities/dist/decode.js
var CharCodes;
((CharCodes2) => {
  CharCodes2[(CharCodes2["AMP"] = 38)] = "AMP";
  CharCodes2[(CharCodes2["NUM"] = 35)] = "NUM";
  CharCodes2[(CharCodes2["SEMI"] = 59)] = "SEMI";
  CharCodes2[(CharCodes2["EQUALS"] = 61)] = "EQUALS";
  CharCodes2[(CharCodes2["ZERO"] = 48)] = "ZERO";
  CharCodes2[(CharCodes2["NINE"] = 57)] = "NINE";
  CharCodes2[(CharCodes2["LOWER_A"] = 97)] = "LOWER_A";
  CharCodes2[(CharCodes2["LOWER_X"] = 120)] = "LOWER_X";
})(CharCodes || (CharCodes = {}));
var TO_LOWER_BIT = 32;
var CONSUMED_SHIFT = 21;
var CODE_POINT_MASK = 2097151;
var CONSUMED_OVERFLOW = 2047;
var longNumericConsumed = 0;
function unpackConsumed(packed) {
  const consumed = packed >>> CONSUMED_SHIFT;
  return consumed === CONSUMED_OVERFLOW ? longNumericConsumed : consumed;
}
function isNumber(code) {
  return (code - CharCodes.ZERO) >>> 0 <= 9;
}
function isHexadecimalCharacter(code) {
  return ((code | TO_LOWER_BIT) - CharCodes.LOWER_A) >>> 0 <= 5;
}
function isAlpha(code) {
  return ((code | TO_LOWER_BIT) - CharCodes.LOWER_A) >>> 0 <= 25;
}
function isEntityInAttributeInvalidEnd(code) {
  return code === CharCodes.EQUALS || isAlpha(code) || isNumber(code);
}
var EntityDecoderState;
((EntityDecoderState2) => {
  EntityDecoderState2[(EntityDecoderState2["EntityStart"] = 0)] = "EntityStart";
  EntityDecoderState2[(EntityDecoderState2["NumericStart"] = 1)] = "NumericStart";
  EntityDecoderState2[(EntityDecoderState2["NumericDecimal"] = 2)] = "NumericDecimal";
  EntityDecoderState2[(EntityDecoderState2["NumericHex"] = 3)] = "NumericHex";
  EntityDecoderState2[(EntityDecoderState2["NamedEntity"] = 4)] = "NamedEntity";
})(EntityDecoderState || (EntityDecoderState = {}));
var DecodingMode;
((DecodingMode2) => {
  DecodingMode2[(DecodingMode2["Legacy"] = 0)] = "Legacy";
  DecodingMode2[(DecodingMode2["Strict"] = 1)] = "Strict";
  DecodingMode2[(DecodingMode2["Attribute"] = 2)] = "Attribute";
})(DecodingMode || (DecodingMode = {}));
function determineBranch(decodeTree, current, nodeIndex, char) {
  const branchCount = (current & BinTrieFlags.BRANCH_LENGTH) >> 7;
  const jumpOffset = current & BinTrieFlags.JUMP_TABLE;
  if (jumpOffset) {
    if (branchCount === 0) {
      return char === jumpOffset ? nodeIndex : -1;
    }
    const slot = char - jumpOffset;
    if (slot >>> 0 >= branchCount) return -1;
    const stored = decodeTree[nodeIndex + slot];
    return stored === 0 ? -1 : (nodeIndex + branchCount + stored - 1) & 65535;
  }
  if (branchCount === 0) return -1;
  const packedKeySlots = (branchCount + 1) >> 1;
  const branchEnd = nodeIndex + packedKeySlots + branchCount;
  for (let index = 0; index < branchCount; index++) {
    const packed = decodeTree[nodeIndex + (index >> 1)];
    const key = (packed >> ((index & 1) << 3)) & 255;
    if (key === char) {
      const pointerIndex = nodeIndex + packedKeySlots + index;
      return (branchEnd + decodeTree[pointerIndex]) & 65535;
    }
    if (key > char) return -1;
  }
  return -1;
}
function readTrieValue(decodeTree, nodeIndex, valueLength) {
  if (valueLength === 1) {
    return String.fromCharCode(decodeTree[nodeIndex] & BinTrieFlags.VALUE_MASK);
  }
  if (valueLength === 2) {
    return String.fromCharCode(decodeTree[nodeIndex + 1]);
  }
  return String.fromCharCode(decodeTree[nodeIndex + 1], decodeTree[nodeIndex + 2]);
}
function parseNumericEntity(input, numberStart, inputLength) {
  let offset = numberStart + 1;
  let cp = 0;
  let digitStart = offset;
  if (offset < inputLength && (input.charCodeAt(offset) | TO_LOWER_BIT) === CharCodes.LOWER_X) {
    offset += 1;
    digitStart = offset;
    while (offset < inputLength) {
      const char = input.charCodeAt(offset);
      if (isNumber(char)) {
        cp = cp * 16 + (char - CharCodes.ZERO);
      } else if (isHexadecimalCharacter(char)) {
        cp = cp * 16 + ((char | TO_LOWER_BIT) - CharCodes.LOWER_A + 10);
      } else {
        break;
      }
      offset += 1;
    }
  } else {
    while (offset < inputLength) {
      const digit = input.charCodeAt(offset) - CharCodes.ZERO;
      if (digit >>> 0 > 9) break;
      cp = cp * 10 + digit;
      offset += 1;
    }
  }
  if (offset === digitStart) return 0;
  if (offset < inputLength && input.charCodeAt(offset) === CharCodes.SEMI) {
    offset += 1;
  }
  if (cp > 1114111) cp = 1114112;
  let consumed = offset - numberStart;
  if (consumed >= CONSUMED_OVERFLOW) {
    longNumericConsumed = consumed;
    consumed = CONSUMED_OVERFLOW;
  }
  return (consumed << CONSUMED_SHIFT) | cp;
}
function decodeWithTrie(input, isStrict, isAttribute) {
  const decodeTree = htmlDecodeTree;
  let offset = input.indexOf("&");
  if (offset < 0) return input;
  const inputLength = input.length;
  let chunkStart = 0;
  let result = "";
  const root2 = decodeTree[0];
  const rootJumpOffset = root2 & BinTrieFlags.JUMP_TABLE;
  const rootBranchCount = (root2 & BinTrieFlags.BRANCH_LENGTH) >> 7;
  do {
    const entityStart = offset + 1;
    const firstChar = input.charCodeAt(entityStart);
    let consumed;
    let value;
    if (firstChar === CharCodes.NUM) {
      const packed = parseNumericEntity(input, entityStart, inputLength);
      consumed = unpackConsumed(packed);
      if (isStrict && consumed > 0 && input.charCodeAt(entityStart + consumed - 1) !== CharCodes.SEMI) {
        consumed = 0;
      }
      value = consumed === 0 ? "" : codePointToString(packed & CODE_POINT_MASK);
    } else if (isAlpha(firstChar)) {
      consumed = 0;
      value = "";
      const rootSlotIndex = firstChar - rootJumpOffset;
      let nodeIndex;
      if (rootSlotIndex >>> 0 < rootBranchCount) {
        const stored = decodeTree[1 + rootSlotIndex];
        nodeIndex = stored === 0 ? -1 : (rootBranchCount + stored) & 65535;
      } else {
        nodeIndex = -1;
      }
      let bestNodeIndex = 0;
      let bestValueLength = 0;
      let current = nodeIndex < 0 ? 0 : decodeTree[nodeIndex];
      let index = entityStart + 1;
      trie: while (index < inputLength) {
        while (
          // Value-less, non-run node with a nonzero jump offset.
          (current & (BinTrieFlags.VALUE_LENGTH | BinTrieFlags.FLAG13)) === 0 &&
          (current & BinTrieFlags.JUMP_TABLE) !== 0
        ) {
          const jumpOffset = current & BinTrieFlags.JUMP_TABLE;
          const branchCount = (current & BinTrieFlags.BRANCH_LENGTH) >> 7;
          if (branchCount === 0) {
            if (input.charCodeAt(index) !== jumpOffset) break trie;
            nodeIndex += 1;
          } else {
            const slot = input.charCodeAt(index) - jumpOffset;
            if (slot >>> 0 >= branchCount) break trie;
            const stored = decodeTree[nodeIndex + 1 + slot];
            if (stored === 0) break trie;
            nodeIndex = (nodeIndex + branchCount + stored) & 65535;
          }
          current = decodeTree[nodeIndex];
          index += 1;
          if (index >= inputLength) break trie;
        }
        if ((current & (BinTrieFlags.VALUE_LENGTH | BinTrieFlags.FLAG13)) === BinTrieFlags.FLAG13) {
          const runLength = (current & BinTrieFlags.BRANCH_LENGTH) >> 7;
          if (input.charCodeAt(index) !== (current & BinTrieFlags.JUMP_TABLE)) {
            break;
          }
          index += 1;
          const remaining = runLength - 1;
          let wordIndex = nodeIndex + 1;
          let charIndexInPacked = 0;
          for (; charIndexInPacked + 1 < remaining; charIndexInPacked += 2) {
            const packed = decodeTree[wordIndex];
            if (input.charCodeAt(index) !== (packed & 255)) break trie;
            index += 1;
            if (input.charCodeAt(index) !== ((packed >> 8) & 255)) break trie;
            index += 1;
            wordIndex += 1;
          }
          if (charIndexInPacked < remaining) {
            if (input.charCodeAt(index) !== (decodeTree[wordIndex] & 255)) break;
            index += 1;
          }
          nodeIndex += 1 + (runLength >> 1);
          current = decodeTree[nodeIndex];
          continue;
        }
        const valueLength = current >>> 14;
        const char = input.charCodeAt(index);
        if (valueLength !== 0) {
          if (char === CharCodes.SEMI) {
            consumed = index - entityStart + 1;
            value =
              valueLength === 1
                ? String.fromCharCode(current & BinTrieFlags.VALUE_MASK)
                : readTrieValue(decodeTree, nodeIndex, valueLength);
            break;
          }
          if (!isStrict && (current & BinTrieFlags.FLAG13) === 0) {
            consumed = index - entityStart;
            bestNodeIndex = nodeIndex;
            bestValueLength = valueLength;
          }
          if (valueLength === 1) break;
        }
        const next = determineBranch(decodeTree, current, nodeIndex + (valueLength || 1), char);
        if (next < 0) break;
        nodeIndex = next;
        current = decodeTree[nodeIndex];
        index += 1;
      }
      if (value === "") {
        const finalVL = current >>> 14;
        if (finalVL !== 0 && !isStrict && (current & BinTrieFlags.FLAG13) === 0) {
          consumed = index - entityStart;
          bestNodeIndex = nodeIndex;
          bestValueLength = finalVL;
        }
        if (consumed > 0) {
          value = readTrieValue(decodeTree, bestNodeIndex, bestValueLength);
        }
      }
    } else {
      consumed = 0;
      value = "";
    }
    if (
      consumed === 0 ||
      (isAttribute &&
        firstChar !== CharCodes.NUM &&
        input.charCodeAt(entityStart + consumed - 1) !== CharCodes.SEMI &&
        entityStart + consumed < inputLength &&
        isEntityInAttributeInvalidEnd(input.charCodeAt(entityStart + consumed)))
    ) {
      offset = entityStart;
    } else {
      if (chunkStart < offset) {
        result += input.slice(chunkStart, offset);
      }
      result += value;
      offset = chunkStart = entityStart + consumed;
    }
    if (input.charCodeAt(offset) !== CharCodes.AMP) {
      offset = input.indexOf("&", offset);
    }
  } while (offset >= 0);
  return result + input.slice(chunkStart);
}
function decodeHTML(htmlString, mode = DecodingMode.Legacy) {
  return decodeWithTrie(htmlString, mode === DecodingMode.Strict, mode === DecodingMode.Attribute);
}
function decodeHTMLAttribute(htmlAttribute) {
  return decodeWithTrie(htmlAttribute, false, true);
}

// ../../packages/dataset/src/extract/markup.ts
var noAttributes = Object.freeze({});
var kept = new Set(
  "id class role itemprop itemtype style hidden aria-hidden href rel name property http-equiv content datetime lang type data-component".split(
    " ",
  ),
);
var keptShapes = new Uint8Array(1024);
for (const name of kept) keptShapes[shapeOf(name.charCodeAt(0), name.length)] = 1;
function shapeOf(first, length2) {
  return ((first & 31) << 5) | (length2 & 31);
}
var rawText = new Map([
  ["title", "decoded"],
  ["textarea", "decoded"],
  ...["script", "style", "xmp", "iframe", "noembed", "noframes"].map((tag) => [tag, "raw"]),
]);
function readMarkup(html, handler) {
  new MarkupReader(html, handler).read();
}
var MarkupReader = class {
  #html;
  #handler;
  /** Lower case by what is written, so that equal names are one string. */
  #names = /* @__PURE__ */ new Map();
  #at = 0;
  /** Of the attribute read last. */
  #valueStart = 0;
  #valueEnd = 0;
  /** Where `-->` comes next, or the end; looked for once, not from every comment. */
  #commentEnd = -1;
  constructor(html, handler) {
    this.#html = html;
    this.#handler = handler;
  }
  read() {
    const html = this.#html;
    while (this.#at < html.length) {
      let start = html.indexOf("<", this.#at);
      while (start >= 0 && !beginsMarkup(html.charCodeAt(start + 1))) start = html.indexOf("<", start + 1);
      const end = start < 0 ? html.length : start;
      if (end > this.#at) this.#text(this.#at, end);
      this.#at = end + 1;
      if (start >= 0) this.#markup(html.charCodeAt(this.#at));
    }
  }
  #text(start, end) {
    const text = this.#html.slice(start, end);
    this.#handler.text(text.includes("&") ? decodeHTML(text) : text);
  }
  /** Reads what a `<` that stands before `#at` begins. */
  #markup(first) {
    const html = this.#html;
    if (isLetter(first)) this.#openTag();
    else if (first === SLASH) {
      const next = html.charCodeAt(this.#at + 1);
      this.#at++;
      if (isLetter(next)) this.#closeTag();
      else this.#skipPast(">");
    } else if (html.startsWith("!--", this.#at)) this.#comment(this.#at + 3);
    else if (html.startsWith("![CDATA[", this.#at)) {
      const start = this.#at + 8;
      const end = html.indexOf("]]>", start);
      if (end > start) this.#handler.text(html.slice(start, end));
      this.#at = end < 0 ? html.length : end + 3;
    } else this.#skipPast(">");
  }
  #skipPast(character) {
    const end = this.#html.indexOf(character, this.#at);
    this.#at = end < 0 ? this.#html.length : end + 1;
  }
  #comment(start) {
    const html = this.#html;
    if (html.charCodeAt(start) === GREATER) this.#at = start + 1;
    else if (html.startsWith("->", start)) this.#at = start + 2;
    else {
      if (this.#commentEnd < start) {
        const found = html.indexOf("-->", start);
        this.#commentEnd = found < 0 ? html.length : found;
      }
      const bang = html.slice(start, this.#commentEnd).indexOf("--!>");
      this.#at = bang < 0 ? this.#commentEnd + 3 : start + bang + 4;
    }
  }
  #closeTag() {
    const tag = this.#name();
    this.#skipPast(">");
    this.#handler.close(tag);
  }
  #openTag() {
    const html = this.#html;
    const tag = this.#name();
    let attributes = noAttributes;
    let isSelfClosing = false;
    for (;;) {
      let code = html.charCodeAt(this.#at);
      while (isSpace(code) || (code === SLASH && html.charCodeAt(this.#at + 1) !== GREATER)) {
        code = html.charCodeAt(++this.#at);
      }
      if (code === GREATER || code === SLASH) {
        isSelfClosing = code === SLASH;
        this.#at += isSelfClosing ? 2 : 1;
        break;
      }
      if (this.#at >= html.length) return;
      const start = this.#at;
      this.#skipAttributeName();
      const end = this.#at;
      this.#readValue();
      if (keptShapes[shapeOf(code, end - start)] === 0) continue;
      const name = html.slice(start, end).toLowerCase();
      if (!kept.has(name)) continue;
      if (attributes === noAttributes) attributes = {};
      if (attributes[name] !== void 0) continue;
      const value = html.slice(this.#valueStart, this.#valueEnd);
      attributes[name] = value.includes("&") ? decodeHTMLAttribute(value) : value;
    }
    this.#handler.open(tag, attributes, isSelfClosing);
    const raw = rawText.get(tag);
    if (raw) this.#rawText(tag, raw === "decoded");
    else if (tag === "plaintext") {
      if (this.#at < html.length) this.#handler.text(html.slice(this.#at));
      this.#at = html.length;
    }
  }
  #skipAttributeName() {
    const html = this.#html;
    let at = this.#at + 1;
    for (let code = html.charCodeAt(at); at < html.length; code = html.charCodeAt(++at)) {
      if (code === EQUALS || code === GREATER || code === SLASH || isSpace(code)) break;
    }
    this.#at = at;
  }
  /** Finds the value after a name; an empty one where there is none. */
  #readValue() {
    const html = this.#html;
    let at = this.#at;
    while (isSpace(html.charCodeAt(at))) at++;
    if (html.charCodeAt(at) !== EQUALS) {
      this.#valueStart = at;
      this.#valueEnd = at;
      return;
    }
    do at++;
    while (isSpace(html.charCodeAt(at)));
    const quote = html.charCodeAt(at);
    if (quote === DOUBLE_QUOTE || quote === SINGLE_QUOTE) {
      const end = html.indexOf(quote === DOUBLE_QUOTE ? '"' : "'", ++at);
      this.#valueStart = at;
      this.#valueEnd = end < 0 ? html.length : end;
      this.#at = this.#valueEnd + 1;
      return;
    }
    this.#valueStart = at;
    for (let code = quote; at < html.length && code !== GREATER && !isSpace(code); ) {
      code = html.charCodeAt(++at);
    }
    this.#valueEnd = at;
    this.#at = at;
  }
  /** The name of a tag that begins at `#at`. */
  #name() {
    const html = this.#html;
    let at = this.#at + 1;
    for (let code = html.charCodeAt(at); at < html.length; code = html.charCodeAt(++at)) {
      if (code === GREATER || code === SLASH || isSpace(code)) break;
    }
    const written = html.slice(this.#at, at);
    this.#at = at;
    const known = this.#names.get(written);
    if (known !== void 0) return known;
    const name = written.toLowerCase();
    this.#names.set(written, name);
    return name;
  }
  #rawText(tag, isDecoded) {
    const html = this.#html;
    const start = this.#at;
    let end = html.indexOf("</", start);
    while (end >= 0 && !this.#isEndTag(tag, end + 2)) end = html.indexOf("</", end + 2);
    if (end < 0) end = html.length;
    this.#at = end;
    if (end === start) return;
    if (isDecoded) this.#text(start, end);
    else this.#handler.text(html.slice(start, end));
  }
  #isEndTag(tag, start) {
    const end = start + tag.length;
    const code = this.#html.charCodeAt(end);
    return (
      (code === GREATER || code === SLASH || isSpace(code)) &&
      this.#html.slice(start, end).toLowerCase() === tag
    );
  }
};
var SLASH = 47;
var EQUALS = 61;
var GREATER = 62;
var DOUBLE_QUOTE = 34;
var SINGLE_QUOTE = 39;
function isLetter(code) {
  return (code | 32) >= 97 && (code | 32) <= 122;
}
function beginsMarkup(code) {
  return isLetter(code) || code === SLASH || code === 33 || code === 63;
}
function isSpace(code) {
  return code === 32 || code === 10 || code === 9 || code === 13 || code === 12;
}

// ../../packages/dataset/src/extract/tree.ts
var maxDepth = 512;
var voidElements = new Set(
  "area base br col embed frame hr img input keygen link meta param source track wbr".split(" "),
);
var formatting = new Set(
  "a abbr b big code em font i ins label nobr s small span strike strong sub sup tt u".split(" "),
);
var closesParagraph = new Set(
  "address article aside blockquote center details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main menu nav ol p pre section table ul".split(
    " ",
  ),
);
var paragraphEnd = { close: ["p"], within: ["td", "th", "table", "li", "button"] };
var impliedEnd = new Map(
  Object.entries({
    li: { close: ["li"], within: ["ul", "ol", "menu"] },
    dt: { close: ["dt", "dd"], within: ["dl"] },
    dd: { close: ["dt", "dd"], within: ["dl"] },
    td: { close: ["td", "th"], within: ["table", "tr"] },
    th: { close: ["td", "th"], within: ["table", "tr"] },
    tr: { close: ["tr"], within: ["table"] },
    tbody: { close: ["tbody", "thead", "tfoot"], within: ["table"] },
    thead: { close: ["tbody", "thead", "tfoot"], within: ["table"] },
    tfoot: { close: ["tbody", "thead", "tfoot"], within: ["table"] },
    option: { close: ["option"], within: ["select", "datalist"] },
    optgroup: { close: ["optgroup", "option"], within: ["select"] },
    a: { close: ["a"], within: ["td", "th", "table", "body"] },
    body: { close: ["head"], within: ["html"] },
  }),
);
var TreeBuilder = class {
  nodes = [{ tag: "#root", parent: -1, end: 1, text: "", attributes: noAttributes }];
  stack = [0];
  /** How many elements of a name are open. */
  opened = /* @__PURE__ */ new Map();
  overflow = 0;
  pending = "";
  text(text) {
    this.pending += text;
  }
  open(tag, attributes, isSelfClosing) {
    this.flushText();
    const isEmpty = isSelfClosing && (tag === "path" || tag === "use" || this.opened.has("svg"));
    this.openElement(tag, attributes, isEmpty || voidElements.has(tag));
  }
  close(tag) {
    this.flushText();
    if (tag === "br") this.openElement(tag, noAttributes, true);
    else this.closeElement(tag);
  }
  /** Closes what is still open. */
  end() {
    this.flushText();
    const { nodes } = this;
    for (let i = nodes.length - 1; i > 0; i--) {
      const node = nodes[i];
      const parent = nodes[node.parent];
      if (parent.end < node.end) parent.end = node.end;
    }
  }
  append(tag, text, attributes) {
    const index = this.nodes.length;
    const parent = this.stack[this.stack.length - 1];
    this.nodes.push({ tag, parent, end: index + 1, text, attributes });
    return index;
  }
  flushText() {
    if (this.pending === "") return;
    this.append("#text", this.pending, noAttributes);
    this.pending = "";
  }
  openElement(tag, attributes, isVoid) {
    if (closesParagraph.has(tag) && this.opened.has("p")) this.closeWithin(paragraphEnd);
    const implied = impliedEnd.get(tag);
    if (implied) this.closeWithin(implied);
    if (isVoid) this.append(tag, "", attributes);
    else if (this.stack.length >= maxDepth) this.overflow++;
    else {
      this.stack.push(this.append(tag, "", attributes));
      this.opened.set(tag, (this.opened.get(tag) ?? 0) + 1);
    }
  }
  closeWithin({ close, within }) {
    if (!close.some((tag) => this.opened.has(tag))) return;
    for (let i = this.stack.length - 1; i > 0; i--) {
      const { tag } = this.nodes[this.stack[i]];
      if (close.includes(tag)) {
        this.pop(i);
        return;
      }
      if (within.includes(tag)) return;
    }
  }
  closeElement(tag) {
    if (this.overflow > 0) {
      this.overflow--;
      return;
    }
    if (!this.opened.has(tag)) return;
    const isTablePart = tag === "table" || tag === "tr" || tag === "tbody" || tag === "td" || tag === "th";
    for (let i = this.stack.length - 1; i > 0; i--) {
      const name = this.nodes[this.stack[i]].tag;
      if (name === tag) {
        if (formatting.has(tag)) {
          this.stack.splice(i, 1);
          this.forget(tag);
        } else this.pop(i);
        return;
      }
      if (!isTablePart && (name === "td" || name === "th") && tag !== "body" && tag !== "html") return;
    }
  }
  pop(to) {
    while (this.stack.length > to) this.forget(this.nodes[this.stack.pop()].tag);
  }
  forget(tag) {
    const count = this.opened.get(tag) - 1;
    if (count === 0) this.opened.delete(tag);
    else this.opened.set(tag, count);
  }
};
function parseHtml(html) {
  const builder = new TreeBuilder();
  readMarkup(html, builder);
  builder.end();
  return builder.nodes;
}

// ../../packages/dataset/src/extract/trim.ts
var furniture = [
  /^(?:advert(?:isement|isements|ising)?|ad|sponsored(?: content)?|promoted|story continues below.*|article continues below.*|continue reading.*|loading\.*|comments?|\d+ comments?|share(?: this.*| on .*| article)?|tweet|email|print|save|pin it|facebook|twitter|whatsapp|linkedin|reddit|pinterest|google\+?|reply|view (?:all|comments|gallery).*|show (?:all|more|comments).*|read (?:more|all|next|full).*|more|menu|search|log ?in|sign ?(?:in|up)|subscribe(?: now)?|next|previous|back to top|top|close|skip to .*|tags?:?|tagged.*|topics?:?|filed under.*|posted (?:in|by|on).*|categor(?:y|ies):?.*|image \d+ of \d+|photo gallery|watch now|play video|video|photos?|click here.*|buy now|by)[\s.:!>»]*$/i,
  /^(?:see also|see more|read more|read also|also read|related(?: \w+)?|more|don't miss|watch|you may (?:also )?like|recommended|must read|next up|up next|editor'?s? (?:pick|note)|lire aussi|leia (?:também|mais)|lea también|siehe auch|mehr zum thema|читайте также)\s*[:：|»-].{0,200}$/i,
  /^(?:follow|like|join|find) (?:us|me|him|her|them)\b.{0,160}$/i,
  /^(?:please )?(?:follow|e-?mail|contact|reach) .{0,120}(?:@\w|on (?:twitter|facebook|instagram|linkedin)).{0,120}$/i,
  /^(?:sign up|subscribe|get) .{0,100}(?:newsletter|inbox|e-?mails?|alerts?|letterbox)\b.{0,120}$/i,
  /^(?:©|\(c\)|copyright\b).{0,200}$/i,
  /^.{0,80}\ball rights reserved\b.{0,120}$/i,
  /^(?:photo(?:graph)?|image|picture|source|credit|pic|foto|video)s?(?: credit| source| courtesy)?\s*[:：].{0,140}$/i,
  /^(?:last )?(?:updated|published|posted|modified|first published)(?: at| on)?\b[^.]{0,60}$/i,
  /^[^\p{L}\p{N}]*$/u,
];
var endings =
  /^(?:related(?: (?:articles?|stor(?:y|ies)|posts?|content|links?|news|topics?|reading))?|(?:top rated |reader |user |\d+ )?comments?(?: \(\d+\))?|leave a (?:reply|comment|response)|you (?:may|might) (?:also )?(?:like|enjoy|be interested in).*|more (?:from|on|in|stories|news|like this|about)\b.*|recommended(?: (?:for you|articles|stories|reading))?|read (?:more|next|also)|see also|also (?:read|on)\b.*|trending(?: now)?|most (?:read|popular|viewed|recent)\b.*|popular (?:posts|stories|articles)|latest (?:news|stories|posts|articles|videos)|share this.*|about the author.*|don't miss|join the (?:conversation|discussion)|what do you think\??|tell us what you think.*|sign up for .*|newsletter.*|sources?|references|external links|further reading|notes|footnotes|você pode gostar.*|leia também.*|veja também.*|artículos relacionados|weitere artikel.*|das könnte .* interessieren.*|à lire aussi|похожие статьи|читайте также)[\s.:…]*$/i;
function trimBlocks(blocks, title2) {
  const kept2 = cutTail(dropLinkLists(blocks)).filter(
    (block, index, all) => !isFurniture(block, all[index + 1]),
  );
  return trimEnds(kept2, title2);
}
function isFurniture(block, next) {
  const { text, linkLength, kind } = block;
  if (kind === "pre") return false;
  if (text.length < 300 && furniture.some((pattern) => pattern.test(text))) return true;
  if (linkLength < 0.7 * text.length) return false;
  if (kind === "heading")
    return next === void 0 || next.kind === "heading" || next.linkLength > 0.3 * next.text.length;
  return text.length < 250;
}
function dropLinkLists(blocks) {
  const kept2 = [];
  for (let start = 0; start < blocks.length; ) {
    const { kind } = blocks[start];
    let end = start + 1;
    if (kind === "item" || kind === "row") while (blocks[end]?.kind === kind) end++;
    const run3 = blocks.slice(start, end);
    const length2 = run3.reduce((sum, { text }) => sum + text.length, 0);
    const linkLength = run3.reduce((sum, block) => sum + block.linkLength, 0);
    if (run3.length < 2 || linkLength < 0.5 * length2) for (const block of run3) kept2.push(block);
    start = end;
  }
  return kept2;
}
function cutTail(blocks) {
  const total = blocks.reduce((sum, { text }) => sum + text.length, 0);
  let before = 0;
  for (const [index, block] of blocks.entries()) {
    const isTitleLike =
      block.kind === "heading" || block.text.length < 40 || block.strongLength > 0.8 * block.text.length;
    if (before > 0.35 * total && isTitleLike && block.text.length < 200 && endings.test(block.text))
      return blocks.slice(0, index);
    before += block.text.length;
  }
  return blocks;
}
function trimEnds(blocks, title2) {
  let start = 0;
  let end = blocks.length;
  const wanted = letters(title2);
  for (let i = 0; i < Math.min(6, end); i++) {
    if (blocks[i].text.length > 4 * title2.length + 20) continue;
    const text = letters(blocks[i].text);
    const isPart = text.length > 10 && (wanted.startsWith(text) || text.startsWith(wanted));
    const repeatsTitle = wanted !== "" && (wanted === text || isPart);
    if (repeatsTitle && text.length < 1.5 * wanted.length) start = i + 1;
  }
  while (end > start && blocks[end - 1].kind === "heading") end--;
  return end > start ? blocks.slice(start, end) : blocks;
}
function letters(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

// ../../packages/dataset/src/extract/page.ts
function extractText(html, options = {}) {
  const { favor = "balanced", url } = options;
  const nodes = parseHtml(html);
  const metadata = readMetadata(nodes, url);
  const measures = measureTexts(nodes);
  const dropped = markBoilerplate(nodes, weigh(nodes, measures), favor);
  const weights = weigh(nodes, measures, dropped);
  const roots = selectContent(nodes, dropped, weights);
  const blocks = trimBlocks(readBlocks(nodes, roots, dropped), metadata.title);
  return { text: blocks.map(line).join("\n"), ...metadata };
}
function line({ kind, text }) {
  return kind === "item" ? `- ${text}` : text;
}

// ../../packages/dataset/src/extract/platform.ts
function workerThreads() {
  const { process: process2 } = globalThis;
  return process2?.getBuiltinModule?.("node:worker_threads");
}
function hasWorkers() {
  return workerThreads() !== void 0 || typeof Worker === "function";
}
function startWorker(code, memory, onAnswer, onFault) {
  const threads = workerThreads();
  if (threads) {
    const worker2 = new threads.Worker(code, {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: memory },
    });
    worker2.unref();
    worker2.on("message", onAnswer);
    worker2.on("error", (error) => onFault(String(error)));
    return {
      post: (request) => worker2.postMessage(request),
      keepAlive: (on) => (on ? worker2.ref() : worker2.unref()),
      stop: () => void worker2.terminate(),
    };
  }
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = (event) => onAnswer(event.data);
  worker.onerror = (event) => onFault(event.message);
  return {
    post: (request) => worker.postMessage(request),
    keepAlive: () => {},
    stop: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

// ../../packages/dataset/src/extract/page-worker.ts
var MEMORY = 2048;
var GRACE = 100;
var ExtractionWorkerError = class extends Error {
  name = "ExtractionWorkerError";
  constructor(reason) {
    super(
      `No worker to extract pages in: ${reason}. Pass \`timeout: false\` to extract in this thread, without a limit.`,
    );
  }
};
var PageWorker = class {
  #code;
  #memory;
  #jobs = [];
  #worker;
  #isReady = false;
  #timer;
  #began = 0;
  #used = 0;
  constructor(code, memory = MEMORY) {
    this.#code = code;
    this.#memory = memory;
    this.#worker = this.#start();
  }
  /** Pages that wait for their outcome. */
  get load() {
    return this.#jobs.length;
  }
  /** @throws ExtractionWorkerError where no worker can run */
  extract(request, timeout) {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ request, timeout, resolve, reject });
      this.#worker.post(request);
      if (this.#jobs.length > 1) return;
      this.#worker.keepAlive(true);
      this.#watch();
    });
  }
  /** Ends the worker; what waits is not answered any more. */
  stop() {
    clearTimeout(this.#timer);
    this.#jobs.length = 0;
    this.#worker.stop();
  }
  #start() {
    this.#isReady = false;
    const worker = startWorker(
      this.#code,
      this.#memory,
      (answer) => {
        if (worker === this.#worker) this.#settle(answer);
      },
      (reason) => {
        if (worker === this.#worker) this.#fail(reason);
      },
    );
    return worker;
  }
  #settle(answer) {
    if (answer === "ready") this.#isReady = true;
    else this.#jobs.shift()?.resolve("page" in answer ? answer : { crash: answer.error });
    this.#watch();
  }
  /** Starts the clock of the page that the worker is at. */
  #watch() {
    clearTimeout(this.#timer);
    if (!this.#isReady) return;
    const job = this.#jobs[0];
    if (!job) {
      this.#worker.keepAlive(false);
      return;
    }
    this.#began = performance.now();
    this.#used = processorTime();
    this.#timer = setTimeout(() => this.#check(job.timeout), job.timeout);
  }
  /** A machine that is busy with other things makes pages slow, so that the clock alone does not tell. */
  #check(timeout) {
    const left = timeout - (processorTime() - this.#used);
    this.#timer = setTimeout(
      // By the time a second timer fires, answers that were here when the first did have been taken.
      () => (left > 0 ? this.#check(timeout) : this.#timeOut()),
      Math.max(left, GRACE),
    );
  }
  #timeOut() {
    this.#jobs.shift().resolve({ milliseconds: Math.round(performance.now() - this.#began) });
    this.#restart();
  }
  #fail(reason) {
    if (this.#isReady) {
      this.#jobs.shift()?.resolve({ crash: reason });
      this.#restart();
    } else for (const job of this.#jobs.splice(0)) job.reject(new ExtractionWorkerError(reason));
  }
  #restart() {
    clearTimeout(this.#timer);
    this.#worker.stop();
    this.#worker = this.#start();
    this.#worker.keepAlive(this.#jobs.length > 0);
    for (const { request } of this.#jobs) this.#worker.post(request);
  }
};
function processorTime() {
  const { process: process2 } = globalThis;
  const used = process2?.cpuUsage?.();
  return used ? (used.user + used.system) / 1e3 : performance.now();
}

// ../../packages/dataset/src/extract/extract.ts
var AHEAD = { count: 16, size: 1 << 23 };
function extract(options = {}) {
  const { workers = 1 } = options;
  return {
    name: "extract",
    async *transform(documents2, context) {
      const extraction = new Extraction(options);
      const run3 = (document) => extraction.run(document);
      const ahead = { count: AHEAD.count * workers, size: AHEAD.size * workers };
      const results = extraction.isInline
        ? oneByOne(documents2, run3)
        : inOrder(documents2, ahead, ({ text }) => text.length, run3);
      try {
        for await (const { document, verdict } of results) {
          if (verdict) context.drop(document, verdict);
          else yield document;
        }
      } finally {
        await extraction.stop();
      }
    },
    async inspect(document) {
      const extraction = new Extraction(options);
      try {
        const result = await extraction.run(document);
        return { verdicts: result.verdict ? [result.verdict] : [], document: result.document };
      } finally {
        await extraction.stop();
      }
    },
  };
}
async function* oneByOne(documents2, run3) {
  for await (const document of documents2) yield await run3(document);
}
var Extraction = class {
  isInline;
  #options;
  #workers;
  constructor(options) {
    this.#options = options;
    this.isInline = options.timeout === false || !hasWorkers();
  }
  async run(document) {
    const { mediaType } = document.meta;
    if (mediaType !== "text/html" && mediaType !== "application/xhtml+xml") return { document };
    const { maxCharacters = 5e7, timeout } = this.#options;
    const { length: length2 } = document.text;
    if (length2 > maxCharacters) {
      const limits = { value: length2, threshold: maxCharacters, bound: "max" };
      return { document, verdict: { keep: false, reason: "page_too_long", metric: "characters", ...limits } };
    }
    return conclude(document, await this.#extract(document), timeout || 1e3);
  }
  async #extract({ text: html, meta: { url } }) {
    const { favor, timeout } = this.#options;
    const options = { favor, ...(typeof url === "string" && { url }) };
    if (this.isInline) return { page: extractText(html, options) };
    this.#workers ??= startWorkers(this.#options.workers ?? 1);
    const worker = (await this.#workers).reduce((a, b) => (b.load < a.load ? b : a));
    return worker.extract({ html, options }, timeout || 1e3);
  }
  async stop() {
    for (const worker of (await this.#workers) ?? []) worker.stop();
  }
};
async function startWorkers(count) {
  const { WORKER: WORKER2 } = await Promise.resolve().then(
    () => (init_worker_generated(), worker_generated_exports),
  );
  return Array.from({ length: count }, () => new PageWorker(WORKER2));
}
function conclude(document, outcome, timeout) {
  if ("milliseconds" in outcome) {
    const limits = { value: outcome.milliseconds, threshold: timeout, bound: "max" };
    return {
      document,
      verdict: { keep: false, reason: "extraction_timeout", metric: "milliseconds", ...limits },
    };
  }
  if ("crash" in outcome) {
    const seen = { metric: "worker", value: outcome.crash, threshold: "an answer" };
    return { document, verdict: { keep: false, reason: "extraction_crash", ...seen } };
  }
  const { text, date, ...metadata } = outcome.page;
  if (text === "") {
    const limits = { value: 0, threshold: 1, bound: "min" };
    return { document, verdict: { keep: false, reason: "no_content", metric: "characters", ...limits } };
  }
  const meta = { ...metadata, ...(date && { published: date }), ...document.meta, mediaType: "text/plain" };
  return { document: { id: document.id, text, meta } };
}

// ../../packages/dataset/src/step.ts
function filter(name, check) {
  return rewrite(name, async function* (document) {
    const found = check(document);
    if (Symbol.iterator in found || Symbol.asyncIterator in found) yield* found;
    else yield await found;
    return document;
  });
}
function atLeast(reason, metric, value, threshold) {
  return value < threshold
    ? { keep: false, reason, metric, value, threshold, bound: "min" }
    : { keep: true, metric, value, threshold, bound: "min" };
}
function atMost(reason, metric, value, threshold) {
  return value > threshold
    ? { keep: false, reason, metric, value, threshold, bound: "max" }
    : { keep: true, metric, value, threshold, bound: "max" };
}
function rewrite(name, change) {
  return {
    name,
    async *transform(documents2, context) {
      for await (const document of documents2) {
        const { verdicts, document: changed } = await follow(change(document), true);
        const last = verdicts.at(-1);
        if (last?.keep === false) context.drop(document, last);
        else yield changed ?? document;
      }
    },
    async inspect(document) {
      const { verdicts, document: changed } = await follow(change(document), false);
      return { verdicts, document: changed ?? document };
    },
  };
}
async function follow(change, stopAtDrop) {
  if (!("next" in change)) return { verdicts: [], document: await change };
  const verdicts = [];
  for (;;) {
    const next = await change.next();
    if (next.done) return { verdicts, document: next.value };
    verdicts.push(next.value);
    if (stopAtDrop && !next.value.keep) return { verdicts };
  }
}

// ../../packages/dataset/src/text/python.ts
var SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
var SPACES = new RegExp(`[${SPACE}]+`);
var LEADING = new RegExp(`^[${SPACE}]+`);
var TRAILING = new RegExp(`[${SPACE}]$`);
var LINE_END = "\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029";
var LINE_ENDS = new RegExp(`\\r\\n|[${LINE_END}]`);
function isSpace2(unit) {
  if (unit < 128) return unit === 32 || (unit >= 9 && unit <= 13) || (unit >= 28 && unit <= 31);
  return (
    unit === 133 ||
    unit === 160 ||
    unit === 5760 ||
    (unit >= 8192 && unit <= 8202) ||
    unit === 8232 ||
    unit === 8233 ||
    unit === 8239 ||
    unit === 8287 ||
    unit === 12288
  );
}
function trimStart(text) {
  return text.replace(LEADING, "");
}
function trimEnd(text) {
  if (!TRAILING.test(text)) return text;
  let end = text.length;
  while (end > 0 && isSpace2(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}
function trim(text) {
  return trimEnd(trimStart(text));
}
function splitSpace(text) {
  const stripped = trim(text);
  return stripped === "" ? [] : stripped.split(SPACES);
}
function splitLines(text) {
  const lines = text.split(LINE_ENDS);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
function length(text) {
  let count = text.length;
  for (let i = 0; i < text.length; i++) if (isLeading(text, i)) count--;
  return count;
}
function isLeading(text, i) {
  return (text.charCodeAt(i) & 64512) === 55296 && (text.charCodeAt(i + 1) & 64512) === 56320;
}
function occurrences(text, part) {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

// ../../packages/dataset/src/text/characters.ts
var ALPHA = 1;
var LOWER = 2;
var UPPER = 4;
var DIGIT = 8;
var QUOTE = 16;
var PUNCTUATION = 32;
var ICON = 64;
var CURRENCY = 128;
var CASED = `
  41-5a 61-7a c0-d6 d8-f6 f8-1bf 1c4-2af 386 388-38a 38c 38e-38f 391-3a9 3ac-3af 3b1-3c9 3cc-3ce 400-401 403-40a
  40c-40d 410-451 453-45a 45c-45d 490-491 496-497 4a2-4a3 4ae-4af 4ba-4bb 4d8-4d9 4e8-4e9 1d00-1d25 1d6b-1d77
  1d79-1d9a 1e00-1eff 2c60-2c7b 2c7e-2c7f a722-a76f a771-a787 a78b-a78e a790-a7b9 a7fa ab30-ab5a ab60-ab64
  ff21-ff3a ff41-ff5a`;
var UNCASED = `
  591-5f4 620-64a 66e-6d5 6e5-6ff 750-77f 8a0-8bd 900-9ff b80-cff d80-dff 1100-137f 2e80-2fdf 2ff0-30ff 31c0-31ef
  3200-4dbf 4e00-9fff ac00-d7af f900-faff fb1d-fbb1 fbd3-fd3d fd50-fdc7 fdf0-fdfb fe30-fe4f fe70-fefc
  1ee00-1eebb 1f200-1f2ff 20000-2a6df 2a700-2ebef 2f800-2fa1f`;
var ICONS = `
  a6 a9 ae b0 482 58d-58e 60e-60f 6de 6e9 6fd-6fe 7f6 9fa b70 bf3-bf8 bfa c7f d4f d79 f01-f03 f13 f15-f17 f1a-f1f f34
  f36 f38 fbe-fc5 fc7-fcc fce-fcf fd5-fd8 109e-109f 1390-1399 1940 19de-19ff 1b61-1b6a 1b74-1b7c 2100-2101 2103-2106
  2108-2109 2114 2116-2117 211e-2123 2125 2127 2129 212e 213a-213b 214a 214c-214d 214f 218a-218b 2195-2199 219c-219f
  21a1-21a2 21a4-21a5 21a7-21ad 21af-21cd 21d0-21d1 21d3 21d5-21f3 2300-2307 230c-231f 2322-2328 232b-237b 237d-239a
  23b4-23db 23e2-2426 2440-244a 249c-24e9 2500-25b6 25b8-25c0 25c2-25f7 2600-266e 2670-2767 2794-27bf 2800-28ff
  2b00-2b2f 2b45-2b46 2b4d-2b73 2b76-2b95 2b98-2bc8 2bca-2bfe 2ce5-2cea 2e80-2e99 2e9b-2ef3 2f00-2fd5 2ff0-2ffb 3004
  3012-3013 3020 3036-3037 303e-303f 3190-3191 3196-319f 31c0-31e3 3200-321e 322a-3247 3250 3260-327f 328a-32b0
  32c0-32fe 3300-33ff 4dc0-4dff a490-a4c6 a828-a82b a836-a837 a839 aa77-aa79 fdfd ffe4 ffe8 ffed-ffee fffc-fffd
  10137-1013f 10179-10189 1018c-1018e 10190-1019b 101a0 101d0-101fc 10877-10878 10ac8 1173f 16b3c-16b3f 16b45 1bc9c
  1d000-1d0f5 1d100-1d126 1d129-1d164 1d16a-1d16c 1d183-1d184 1d18c-1d1a9 1d1ae-1d1e8 1d200-1d241 1d245 1d300-1d356
  1d800-1d9ff 1da37-1da3a 1da6d-1da74 1da76-1da83 1da85-1da86 1ecac 1f000-1f02b 1f030-1f093 1f0a0-1f0ae 1f0b1-1f0bf
  1f0c1-1f0cf 1f0d1-1f0f5 1f110-1f16b 1f170-1f1ac 1f1e6-1f202 1f210-1f23b 1f240-1f248 1f250-1f251 1f260-1f265
  1f300-1f3fa 1f400-1f6d4 1f6e0-1f6ec 1f6f0-1f6f9 1f700-1f773 1f780-1f7d8 1f800-1f80b 1f810-1f847 1f850-1f859
  1f860-1f887 1f890-1f8ad 1f900-1f90b 1f910-1f93e 1f940-1f970 1f973-1f976 1f97a 1f97c-1f9a2 1f9b0-1f9b9 1f9c0-1f9c2
  1f9d0-1f9ff 1fa60-1fa6d`;
var QUOTES =
  "'\"\u201D\u201C`\u2018\xB4\u2019\u201A,\u201E\xBB\xAB\u300C\u300D\u300E\u300F\uFF08\uFF09\u3014\u3015\u3010\u3011\u300A\u300B\u3008\u3009\u2329\u232A\u27E6\u27E7";
var PUNCTUATIONS =
  "\u2026,:;!?\xBF\u061F\xA1()[]{}<>_#*&\u3002\uFF1F\uFF01\uFF0C\u3001\uFF1B\uFF1A\uFF5E\xB7\u0964\u060C\u06D4\u061B\u066A";
var CURRENCIES =
  "$\xA3\u20AC\xA5\u0E3F\u20BD\uFDFC\u20B4\u20A0\u20A1\u20A2\u20A3\u20A4\u20A5\u20A6\u20A7\u20A8\u20A9\u20AA\u20AB\u20AD\u20AE\u20AF\u20B0\u20B1\u20B2\u20B3\u20B5\u20B6\u20B7\u20B8\u20B9\u20BA\u20BB\u20BC\u20BE\u20BF";
var table;
function classOf(point) {
  table ??= build();
  return table[point] ?? 0;
}
function build() {
  const bits = new Uint8Array(196608);
  const mark = (points, classes) => {
    for (const point of points) bits[point] |= classes;
  };
  mark(pointsOf(UNCASED), ALPHA | LOWER | UPPER);
  for (const point of pointsOf(CASED)) {
    const character = String.fromCodePoint(point);
    bits[point] |= ALPHA;
    if (/\p{Ll}/u.test(character)) bits[point] |= LOWER;
    if (/\p{Lu}/u.test(character)) bits[point] |= UPPER;
  }
  mark([660, 661], LOWER);
  mark([930], UPPER);
  mark(pointsOf(ICONS), ICON);
  mark(pointsOf("30-39"), DIGIT);
  mark(codePoints(QUOTES), QUOTE);
  mark(codePoints(PUNCTUATIONS), PUNCTUATION);
  mark(codePoints(CURRENCIES), CURRENCY);
  return bits;
}
function* pointsOf(ranges) {
  for (const range of ranges.trim().split(/\s+/)) {
    const [first, last = first] = range.split("-").map((hex) => Number.parseInt(hex, 16));
    for (let point = first; point <= last; point++) yield point;
  }
}
function* codePoints(text) {
  for (const character of text) yield character.codePointAt(0);
}

// ../../packages/dataset/src/text/affixes.ts
var AFFIX = PUNCTUATION | QUOTE | ICON;
var CURRENCY_PREFIXES = ["US$", "C$", "A$"];
var POSSESSIVES = ["'s", "'S", "\u2019s", "\u2019S"];
var HYPHENS = ["-", "\u2013", "\u2014", "--", "---", "\u2014\u2014", "~"];
var UNITS = `
  km km\xB2 km\xB3 m m\xB2 m\xB3 dm dm\xB2 dm\xB3 cm cm\xB2 cm\xB3 mm mm\xB2 mm\xB3 ha \xB5m nm yd in ft kg g mg \xB5g t lb oz m/s km/h kmh mph hPa Pa mbar mb MB
  kb KB gb GB tb TB T G M K % \u043A\u043C \u043A\u043C\xB2 \u043A\u043C\xB3 \u043C \u043C\xB2 \u043C\xB3 \u0434\u043C \u0434\u043C\xB2 \u0434\u043C\xB3 \u0441\u043C \u0441\u043C\xB2 \u0441\u043C\xB3 \u043C\u043C \u043C\u043C\xB2 \u043C\u043C\xB3 \u043D\u043C \u043A\u0433 \u0433 \u043C\u0433 \u043C/\u0441 \u043A\u043C/\u0447 \u043A\u041F\u0430 \u041F\u0430 \u043C\u0431\u0430\u0440 \u041A\u0431 \u041A\u0411 \u043A\u0431
  \u041C\u0431 \u041C\u0411 \u043C\u0431 \u0413\u0431 \u0413\u0411 \u0433\u0431 \u0422\u0431 \u0422\u0411 \u0442\u0431\u0643\u0645 \u0643\u0645\xB2 \u0643\u0645\xB3 \u0645 \u0645\xB2 \u0645\xB3 \u0633\u0645 \u0633\u0645\xB2 \u0633\u0645\xB3 \u0645\u0645 \u0645\u0645\xB2 \u0645\u0645\xB3 \u0643\u0645 \u063A\u0631\u0627\u0645 \u062C\u0631\u0627\u0645 \u062C\u0645 \u0643\u063A \u0645\u0644\u063A \u0643\u0648\u0628 \u0627\u0643\u0648\u0627\u0628`;
var unitsByLast = /* @__PURE__ */ new Map();
function prefixLength(text) {
  const point = text.codePointAt(0);
  if (point === void 0) return 0;
  const first = text[0];
  if (first === ".") return dots(text, 0) > 1 ? dots(text, 0) : 0;
  if (first === "+") return is(text.codePointAt(1), DIGIT) ? 0 : 1;
  if (is(point, AFFIX | CURRENCY) || "\xA7%=\u2014\u2013".includes(first)) return width(point);
  return CURRENCY_PREFIXES.find((prefix) => text.startsWith(prefix))?.length ?? 0;
}
function suffixLength(text) {
  const point = pointBefore(text, text.length);
  if (point === void 0) return 0;
  const last = text.at(-1);
  if (last === ".") return periodSuffix(text);
  if (last === "\u2026") return text.endsWith("\u2026\u2026") ? 2 : 1;
  if (POSSESSIVES.some((suffix) => text.endsWith(suffix))) return 2;
  const measured = Math.max(unitSuffix(text, last), currencySuffix(text, point));
  if (measured > 0) return measured;
  if (is(point, AFFIX) || last === "\u2014" || last === "\u2013") return width(point);
  return last === "+" && digitBefore(text, text.length - 1) ? 1 : 0;
}
function periodSuffix(text) {
  let run3 = 1;
  while (text[text.length - 1 - run3] === ".") run3++;
  if (run3 > 1) return run3;
  const end = text.length - 1;
  const before = pointBefore(text, end);
  if (before === void 0) return 0;
  const at = end - width(before);
  if (is(before, DIGIT | LOWER | PUNCTUATION | QUOTE) || "%\xB2-+|".includes(text[at])) return 1;
  const second = pointBefore(text, at);
  if (is(before, UPPER) && is(second, UPPER)) return 1;
  return second === 176 && "FCK".includes(text[at]) ? 1 : 0;
}
function unitSuffix(text, last) {
  if (unitsByLast.size === 0) {
    for (const unit of UNITS.trim().split(/\s+/)) {
      const end = unit.at(-1);
      unitsByLast.set(end, [...(unitsByLast.get(end) ?? []), unit]);
    }
    for (const units of unitsByLast.values()) units.sort((a, b) => b.length - a.length);
  }
  const fits = (unit) => digitBefore(text, text.length - unit.length) && text.endsWith(unit);
  return unitsByLast.get(last)?.find(fits)?.length ?? 0;
}
function currencySuffix(text, last) {
  if (!is(last, CURRENCY)) return 0;
  const long = CURRENCY_PREFIXES.find(
    (money) => text.endsWith(money) && digitBefore(text, text.length - money.length),
  );
  return long?.length ?? (digitBefore(text, text.length - 1) ? 1 : 0);
}
function infixes(text) {
  const cuts = [];
  for (let i = 0; i < text.length; ) {
    const size = infixLength(text, i);
    if (size > 0) cuts.push(i, i + size);
    i += size > 0 ? size : width(text.codePointAt(i));
  }
  return cuts;
}
function infixLength(text, i) {
  const point = text.codePointAt(i);
  if (isLetterOrDigit(point)) return is(point, ICON) ? width(point) : 0;
  if (point === 46) {
    if (dots(text, i) > 1) return dots(text, i);
    return is(pointBefore(text, i), LOWER | QUOTE) && is(text.codePointAt(i + 1), UPPER | QUOTE) ? 1 : 0;
  }
  if (point === 8230 || is(point, ICON)) return width(point);
  const character = text[i];
  const before = pointBefore(text, i);
  if ("+-*^".includes(character) && is(before, DIGIT)) {
    if (text[i + 1] === "-" || is(text.codePointAt(i + 1), DIGIT)) return 1;
  }
  if (character === ",") return is(before, ALPHA) && is(text.codePointAt(i + 1), ALPHA) ? 1 : 0;
  if (!is(before, ALPHA | DIGIT)) return 0;
  if (":<>=/".includes(character)) return is(text.codePointAt(i + 1), ALPHA) ? 1 : 0;
  for (const hyphen of HYPHENS) {
    if (text.startsWith(hyphen, i) && is(text.codePointAt(i + hyphen.length), ALPHA)) return hyphen.length;
  }
  return 0;
}
function isLetterOrDigit(point) {
  return is(point, ALPHA | DIGIT) && point !== 8230;
}
function is(point, classes) {
  return point !== void 0 && (classOf(point) & classes) !== 0;
}
function width(point) {
  return point > 65535 ? 2 : 1;
}
function dots(text, from) {
  let end = from;
  while (text[end] === ".") end++;
  return end - from;
}
function digitBefore(text, end) {
  const unit = text.charCodeAt(end - 1);
  return unit >= 48 && unit <= 57;
}
function pointBefore(text, end) {
  const low = text.charCodeAt(end - 1);
  const paired = (low & 64512) === 56320 && (text.charCodeAt(end - 2) & 64512) === 55296;
  return end > 0 ? text.codePointAt(paired ? end - 2 : end - 1) : void 0;
}

// ../../packages/dataset/src/text/exceptions.ts
var table2;
function exceptions() {
  table2 ??= build2();
  return table2;
}
var list = (text) => text.trim().split(/\s+/);
var title = (word) => word[0].toUpperCase() + word.slice(1);
var WHOLE = list(`
  \u2014 ' \\") <space> '' C++ \xE4. \xF6. \xFC. \\t \\n
  :) :-) :)) :-)) :))) :-))) (: (-: =) (= :] :-] [: [-: [= =] :o) (o: :} :-} 8) 8-) (-8 ;) ;-) (; (-; :( :-( :(( :-(( :(((
  :-((( ): )-: =( >:( :') :'-) :'( :'-( :/ :-/ =/ =| :| :-| ]= =[ :1 :P :-P :p :-p :O :-O :o :-o :0 :-0 :() >:o :* :-* :3
  :-3 =3 :> :-> :X :-X :x :-x :D :-D ;D ;-D =D xD XD xDD XDD 8D 8-D ^_^ ^__^ ^___^ >.< >.> <.< ._. ;_; -_- -__- v.v V.V
  v_v V_V o_o o_O O_o O_O 0_o o_0 0_0 o.O O.o O.O o.o 0.0 o.0 0.o @_@ <3 <33 <333 </3 (^_^) (-_-) (._.) (>_<) (*_*) (\xAC_\xAC)
  \u0CA0_\u0CA0 \u0CA0\uFE35\u0CA0 (\u0CA0_\u0CA0) \xAF\\(\u30C4)/\xAF (\u256F\xB0\u25A1\xB0\uFF09\u256F\uFE35\u253B\u2501\u253B ><(((*>
  'S 's \u2018S \u2018s and/or w/o 're 'Cause 'cause 'cos 'Cos 'coz 'Coz 'cuz 'Cuz 'bout ma'am Ma'am o'clock O'clock
  em 'em ll 'll nuff 'nuff
  Mt. Ak. Ala. Apr. Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. Feb. Fla. Ga. Ia. Id. Ill. Ind. Jan. Jul. Jun. Kan. Kans.
  Ky. La. Mar. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. Oct. Okla. Ore. Pa. S.C. Sep.
  Sept. Tenn. Va. Wash. Wis.
  'd a.m. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. E.G. Gen. Gov. i.e. I.e. I.E. Inc. Jr. Ltd. Md. Messrs. Mo. Mont.
  Mr. Mrs. Ms. p.m. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s.`);
var SPLIT = list(`
  y'+all y+all how+'d+'y How+'d+'y not+'ve not+ve Not+'ve Not+ve can+not Can+not gon+na Gon+na got+ta Got+ta let+'s Let+'s
  c'm+on C'm+on`);
var NOT_SPLIT = list("Ill ill Its its Hell hell Shell shell Shed shed were Were Well well Whore whore");
function build2() {
  const found = /* @__PURE__ */ new Map();
  const add = (...tokens) => found.set(tokens.join(""), tokens);
  const contract = (...tokens) => {
    add(...tokens);
    add(...tokens.map((token) => token.replace("'", "")));
  };
  const each = (words2, contracted) => {
    for (const word of list(words2)) [word, title(word)].forEach(contracted);
  };
  each("i", (word) => {
    contract(word, "'m");
    contract(word, "'m", "a");
  });
  each("i you he she it we they who what when where why how there that this these those", (word) => {
    contract(word, "'ll");
    contract(word, "'ll", "'ve");
    contract(word, "'d");
    contract(word, "'d", "'ve");
  });
  each("i you we they who what when where why how there these those", (word) => {
    contract(word, "'ve");
  });
  each("you we they who what when where why how there these those", (word) => contract(word, "'re"));
  each("he she it who what when where why how there that this", (word) => contract(word, "'s"));
  each("ca could do does did had may might must need ought sha should wo would", (word) => {
    contract(word, "n't");
    contract(word, "n't", "'ve");
  });
  each("could might must should would", (word) => contract(word, "'ve"));
  each("ai are is was were have has dare", (word) => contract(word, "n't"));
  each("doin goin nothin nuthin ol somethin lovin havin", (word) => {
    add(word);
    add(`${word}'`);
  });
  for (const period of ["a.m.", "am", "p.m.", "pm"]) {
    for (let hour = 1; hour <= 12; hour++) add(`${hour}`, period);
  }
  for (const unit of "cfkCFK") add("\xB0", unit, ".");
  for (const letter of "abcdefghijklmnopqrstuvwxyz") add(`${letter}.`);
  for (const word of WHOLE) add(word);
  for (const tokens of SPLIT) add(...tokens.split("+"));
  for (const word of NOT_SPLIT) found.delete(word);
  for (const [word, tokens] of [...found]) {
    if (word.includes("'")) {
      found.set(
        word.replaceAll("'", "\u2019"),
        tokens.map((token) => token.replaceAll("'", "\u2019")),
      );
    }
  }
  for (const space of " 	\n\xA0") add(space);
  return found;
}

// ../../packages/dataset/src/text/phrases.ts
var root;
function joinPhrases(text, tokens) {
  root ??= build3();
  const finds = find(tokens, root);
  if (finds.length === 0) return tokens;
  const { texts, starts } = tokens;
  const joined = { texts: [], starts: [] };
  let i = 0;
  for (const [from, to] of choose(finds)) {
    const found = text.slice(starts[from], starts[to - 1] + texts[to - 1].length);
    const special = exceptions().get(found);
    if (!special) continue;
    for (; i < from; i++) push(joined, texts[i], starts[i]);
    let at = starts[from];
    for (const token of special) {
      push(joined, token, at);
      at += token.length;
    }
    i = to;
  }
  for (; i < texts.length; i++) push(joined, texts[i], starts[i]);
  return joined;
}
function push(tokens, text, start) {
  tokens.texts.push(text);
  tokens.starts.push(start);
}
function find({ texts }, tree) {
  const finds = [];
  for (let from = 0; from < texts.length; from++) {
    let node = tree.next.get(texts[from]);
    for (let to = from + 1; node; to++) {
      if (node.ends) finds.push([from, to]);
      node = to < texts.length ? node.next.get(texts[to]) : void 0;
    }
  }
  return finds;
}
function choose(finds) {
  const taken = /* @__PURE__ */ new Set();
  const chosen = [];
  finds.sort((a, b) => b[1] - b[0] - (a[1] - a[0]) || a[0] - b[0]);
  for (const [from, to] of finds) {
    if (!taken.has(from) && !taken.has(to - 1)) chosen.push([from, to]);
    for (let i = from; i < to; i++) taken.add(i);
  }
  return chosen.sort((a, b) => a[0] - b[0]);
}
function build3() {
  const tree = { next: /* @__PURE__ */ new Map(), ends: false };
  for (const word of exceptions().keys()) {
    if (prefixLength(word) + suffixLength(word) + infixes(word).length === 0) continue;
    let node = tree;
    for (const token of cutSpans(word, (span) => cutAffixes(span, /* @__PURE__ */ new Map())).texts) {
      let next = node.next.get(token);
      if (!next) {
        next = { next: /* @__PURE__ */ new Map(), ends: false };
        node.next.set(token, next);
      }
      node = next;
    }
    node.ends = true;
  }
  return tree;
}

// ../../packages/dataset/src/text/url.ts
function isUrl(text) {
  if (!text.includes(".")) return false;
  if (isHostAndPath(text.replace(SCHEME, "")) || isHostAndPath(text)) return true;
  for (let at = text.indexOf("@", 1); at > 0; at = text.indexOf("@", at + 1)) {
    if (isHostAndPath(text.slice(at + 1))) return true;
  }
  return false;
}
var SCHEME = /^[\p{L}\p{N}_+\-.]{2,}:\/\//u;
var ADDRESS =
  /^(?!(?:10|127)(?:\.\p{Nd}{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\p{Nd}{1,3}){2})(?!172\.(?:1[6-9]|2\p{Nd}|3[01])(?:\.\p{Nd}{1,3}){2})(?:[1-9]\p{Nd}?|1\p{Nd}\p{Nd}|2[01]\p{Nd}|22[0-3])(?:\.(?:1?\p{Nd}{1,2}|2[0-4]\p{Nd}|25[0-5])){2}\.(?:[1-9]\p{Nd}?|1\p{Nd}\p{Nd}|2[0-4]\p{Nd}|25[0-4])(?::\p{Nd}{2,5})?(?:[/?#]|$)/u;
var LABELS = /^(?:(?:[A-Za-z0-9\u00a1-\uffff][A-Za-z0-9\u00a1-\uffff_-]{0,62})?[A-Za-z0-9\u00a1-\uffff]\.)+/u;
var REST = /^(?::\p{Nd}{2,5})?(?:[/?#]|$)/u;
function isHostAndPath(text) {
  if (ADDRESS.test(text)) return true;
  const labels = LABELS.exec(text)?.[0];
  if (labels === void 0) return false;
  let end = labels.length;
  let letters2 = 0;
  for (const character of text.slice(end)) {
    if (letters2 === 64 || (classOf(character.codePointAt(0)) & LOWER) === 0) break;
    end += character.length;
    letters2++;
  }
  return letters2 >= 2 && letters2 <= 63 && REST.test(text.slice(end));
}

// ../../packages/dataset/src/text/tokenize.ts
var CACHE_SIZE = 1 << 16;
var cache = /* @__PURE__ */ new Map();
function tokenize(text) {
  return joinPhrases(text, cutSpans(text, cutCached));
}
function cutSpans(text, cut) {
  const tokens = { texts: [], starts: [] };
  const push2 = (start2, end) => {
    let at = start2;
    for (const token of cut(text.slice(start2, end))) {
      tokens.texts.push(token);
      tokens.starts.push(at);
      at += token.length;
    }
  };
  let start = 0;
  let inSpace = isSpace2(text.charCodeAt(0));
  for (let i = 0; i < text.length; i++) {
    if (isSpace2(text.charCodeAt(i)) === inSpace) continue;
    if (start < i) push2(start, i);
    start = text[i] === " " ? i + 1 : i;
    inSpace = !inSpace;
  }
  if (start < text.length) push2(start, text.length);
  return tokens;
}
function cutCached(span) {
  const known = cache.get(span);
  if (known) return known;
  const tokens = exceptions().get(span) ?? cutAffixes(span, exceptions());
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(span, tokens);
  return tokens;
}
function cutAffixes(span, special) {
  const prefixes = [];
  const suffixes = [];
  let rest = span;
  let size = -1;
  while (rest && rest.length !== size && !special.has(rest)) {
    size = rest.length;
    const prefix = prefixLength(rest);
    const withoutPrefix = rest.slice(prefix);
    if (prefix > 0 && special.has(withoutPrefix)) {
      prefixes.push(rest.slice(0, prefix));
      rest = withoutPrefix;
      break;
    }
    const suffix = suffixLength(withoutPrefix);
    const end = rest.length - suffix;
    if (suffix > 0 && special.has(rest.slice(0, end))) {
      suffixes.push(rest.slice(end));
      rest = rest.slice(0, end);
      break;
    }
    if (prefix > 0) prefixes.push(rest.slice(0, prefix));
    if (suffix > 0) suffixes.push(rest.slice(end));
    rest = rest.slice(prefix, end);
  }
  if (rest) prefixes.push(...(special.get(rest) ?? (isUrl(rest) ? [rest] : cutInfixes(rest))));
  return prefixes.concat(suffixes.reverse());
}
function cutInfixes(text) {
  const cuts = infixes(text);
  const tokens = [];
  let start = 0;
  for (let i = 0; i < cuts.length; i += 2) {
    const [from, to] = [cuts[i], cuts[i + 1]];
    if (from === 0) continue;
    if (from > start) tokens.push(text.slice(start, from));
    tokens.push(text.slice(from, to));
    start = to;
  }
  if (start < text.length) tokens.push(text.slice(start));
  return tokens;
}

// ../../packages/dataset/src/text/words.ts
var latest = { text: "", words: [] };
function words(text) {
  if (latest.text !== text) {
    latest = { text, words: tokenize(text).texts.filter((token) => !isSpace2(token.charCodeAt(0))) };
  }
  return latest.words;
}
function sentences(text) {
  const { texts, starts } = tokenize(text);
  const found = [];
  let from = 0;
  let ended = false;
  for (const [i, token] of texts.entries()) {
    const terminal = TERMINALS.has(token);
    if (ended && !terminal && !MARKS.test(token)) {
      const end = starts[i - 1] + texts[i - 1].length;
      found.push(text.slice(from, end));
      from = end;
      ended = false;
    } else if (terminal) ended = true;
  }
  found.push(text.slice(from));
  return found;
}
var MARKS = /^\p{P}*$/u;
var TERMINALS = new Set(
  "!.?\u0589\u061F\u06D4\u0700\u0701\u0702\u07F9\u0964\u0965\u104A\u104B\u1362\u1367\u1368\u166E\u1735\u1736\u1803\u1809\u1944\u1945\u1AA8\u1AA9\u1AAA\u1AAB\u1B5A\u1B5B\u1B5E\u1B5F\u1C3B\u1C3C\u1C7E\u1C7F\u203C\u203D\u2047\u2048\u2049\u2E2E\u2E3C\uA4FF\uA60E\uA60F\uA6F3\uA6F7\uA876\uA877\uA8CE\uA8CF\uA92F\uA9C8\uA9C9\uAA5D\uAA5E\uAA5F\uAAF0\uAAF1\uABEB\uFE52\uFE56\uFE57\uFF01\uFF0E\uFF1F\u{10A56}\u{10A57}\u{11047}\u{11048}\u{110BE}\u{110BF}\u{110C0}\u{110C1}\u{11141}\u{11142}\u{11143}\u{111C5}\u{111C6}\u{111CD}\u{111DE}\u{111DF}\u{11238}\u{11239}\u{1123B}\u{1123C}\u{112A9}\u{1144B}\u{1144C}\u{115C2}\u{115C3}\u{115C9}\u{115CA}\u{115CB}\u{115CC}\u{115CD}\u{115CE}\u{115CF}\u{115D0}\u{115D1}\u{115D2}\u{115D3}\u{115D4}\u{115D5}\u{115D6}\u{115D7}\u{11641}\u{11642}\u{1173C}\u{1173D}\u{1173E}\u{11A42}\u{11A43}\u{11A9B}\u{11A9C}\u{11C41}\u{11C42}\u{16A6E}\u{16A6F}\u{16AF5}\u{16B37}\u{16B38}\u{16B44}\u{1BC9F}\u{1DA88}\uFF61\u3002",
);

// ../../packages/dataset/src/filters/c4-quality.ts
var CITATION = /\[\p{Nd}*\]|\[edit\]|\[citation needed\]/gu;
var POLICIES = [
  "terms of use",
  "privacy policy",
  "cookie policy",
  "uses cookies",
  "use of cookies",
  "use cookies",
];
function c4Quality(options = {}) {
  const {
    minSentences = 5,
    minLineWords = 3,
    maxWordLength = 1e3,
    terminalPunctuation = false,
    citations = true,
    javascript = true,
    policies = true,
    loremIpsum = true,
    curlyBrackets = true,
  } = options;
  return rewrite("c4Quality", function* (document) {
    const kept2 = [];
    const removed = { longWord: 0, terminalPunctuation: 0, fewWords: 0, javascript: 0, policy: 0 };
    const found = { sentences: 0, loremIpsum: 0, curlyBrackets: 0 };
    for (const raw of splitLines(document.text)) {
      let line2 = trim(raw);
      const words2 = splitSpace(line2);
      if (words2.some((word) => word.length > maxWordLength && length(word) > maxWordLength)) {
        removed.longWord++;
        continue;
      }
      if (citations) line2 = line2.replace(CITATION, "");
      if (terminalPunctuation && (!/[.?!"']$/.test(line2) || line2.endsWith("..."))) {
        removed.terminalPunctuation++;
        continue;
      }
      if (words2.length < minLineWords) {
        removed.fewWords++;
        continue;
      }
      const lower = line2.toLowerCase();
      if (loremIpsum && lower.includes("lorem ipsum")) {
        yield atMost("lorem_ipsum", "loremIpsum", ++found.loremIpsum, 0);
      }
      if (javascript && lower.includes("javascript")) {
        removed.javascript++;
        continue;
      }
      if (curlyBrackets && line2.includes("{")) {
        yield atMost("curly_bracket", "curlyBrackets", ++found.curlyBrackets, 0);
      }
      if (policies && POLICIES.some((policy) => lower.includes(policy))) {
        removed.policy++;
        continue;
      }
      found.sentences += sentences(line2).length;
      kept2.push(line2);
    }
    if (found.loremIpsum === 0) yield atMost("lorem_ipsum", "loremIpsum", 0, 0);
    if (found.curlyBrackets === 0) yield atMost("curly_bracket", "curlyBrackets", 0, 0);
    for (const [reason, lines] of Object.entries(removed)) {
      if (lines > 0) yield { keep: true, metric: `removedLines.${reason}`, value: lines };
    }
    yield atLeast("too_few_sentences", "sentences", found.sentences, minSentences);
    return { ...document, text: trim(kept2.join("\n")) };
  });
}

// ../../packages/dataset/src/text/punctuation.ts
var TERMINAL_PUNCTUATION = new Set(
  "!.?\u0589\u061D\u061E\u061F\u06D4\u0700\u0701\u0702\u07F9\u0837\u0839\u083D\u083E\u0964\u0965\u104A\u104B\u1362\u1367\u1368\u166E\u1735\u1736\u17D4\u17D5\u17D6\u17D9\u17DA\u1803\u1809\u1944\u1945\u1AA8\u1AA9\u1AAA\u1AAB\u1B5A\u1B5B\u1B5E\u1B5F\u1B7D\u1B7E\u1C3B\u1C3C\u1C7E\u1C7F\u203C\u203D\u2047\u2048\u2049\u2E2E\u2E3C\u2E53\u2E54\u3002\uA4FF\uA60E\uA60F\uA6F3\uA6F7\uA876\uA877\uA8CE\uA8CF\uA92F\uA9C8\uA9C9\uAA5D\uAA5E\uAA5F\uAAF0\uAAF1\uABEB\uFE52\uFE56\uFE57\uFF01\uFF0E\uFF1F\uFF61\u{10A56}\u{10A57}\u{10F55}\u{10F56}\u{10F57}\u{10F58}\u{10F59}\u{10F86}\u{10F87}\u{10F88}\u{10F89}\u{11047}\u{11048}\u{110BE}\u{110BF}\u{110C0}\u{110C1}\u{11141}\u{11142}\u{11143}\u{111C5}\u{111C6}\u{111CD}\u{111DE}\u{111DF}\u{11238}\u{11239}\u{1123B}\u{1123C}\u{112A9}\u{1144B}\u{1144C}\u{115C2}\u{115C3}\u{115C9}\u{115CA}\u{115CB}\u{115CC}\u{115CD}\u{115CE}\u{115CF}\u{115D0}\u{115D1}\u{115D2}\u{115D3}\u{115D4}\u{115D5}\u{115D6}\u{115D7}\u{11641}\u{11642}\u{1173C}\u{1173D}\u{1173E}\u{11944}\u{11946}\u{11A42}\u{11A43}\u{11A9B}\u{11A9C}\u{11C41}\u{11C42}\u{11EF7}\u{11EF8}\u{11F43}\u{11F44}\u{16A6E}\u{16A6F}\u{16AF5}\u{16B37}\u{16B38}\u{16B44}\u{16E98}\u{1BC9F}\u{1DA88}",
);
var MARKS2 =
  "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\xAB\xB4\xBB\u2013\u2014\u2019\u201C\u201D\u201E\u2026\u2236\u2501\u25BA\u3001\u3002\u3008\u3009\u300A\u300B\u300C\u300D\u3010\u3011\uFF01\uFF05\uFF08\uFF09\uFF0C\uFF0E\uFF11\uFF1A\uFF1B\uFF1F\uFF5E";
var PUNCTUATION2 = /* @__PURE__ */ new Set([
  ...MARKS2,
  ...TERMINAL_PUNCTUATION,
  ...controls(0, 8),
  ...controls(11, 31),
  ...controls(127, 159),
]);
function controls(first, last) {
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCharCode(first + i));
}

// ../../packages/dataset/src/filters/duplicates.ts
function duplicates(parts) {
  const seen = /* @__PURE__ */ new Set();
  let count = 0;
  let characters = 0;
  for (const part of parts) {
    if (seen.has(part)) {
      count++;
      characters += length(part);
    } else seen.add(part);
  }
  return { count, characters };
}

// ../../packages/dataset/src/filters/fineweb-quality.ts
function finewebQuality(options = {}) {
  const {
    minTerminalLines = 0.12,
    terminals = TERMINAL_PUNCTUATION,
    maxShortLines = 0.67,
    shortLine = 30,
    maxDuplicateCharacters = 0.01,
    maxNewlines = 0.3,
  } = options;
  const ends = new Set(terminals);
  return filter("finewebQuality", function* ({ text }) {
    const lines = text.split("\n").filter((line2) => trim(line2) !== "");
    yield atLeast("empty", "lines", lines.length, 1);
    const terminal = lines.filter((line2) => ends.has(lastCharacter(line2))).length;
    yield atLeast("line_punct_ratio", "terminalLines", terminal / lines.length, minTerminalLines);
    const short = lines.filter((line2) => length(line2) <= shortLine).length;
    yield atMost("short_line_ratio", "shortLines", short / lines.length, maxShortLines);
    const newlines = occurrences(text, "\n");
    const repeated = duplicates(lines).characters / (length(text) - newlines);
    yield atMost("char_dup_ratio", "duplicateCharacters", repeated, maxDuplicateCharacters);
    yield atMost("list_ratio", "newlines", newlines / words(text).length, maxNewlines);
  });
}
function lastCharacter(line2) {
  const pair = line2.slice(-2);
  return (pair.codePointAt(0) ?? 0) > 65535 ? pair : line2.slice(-1);
}

// ../../packages/dataset/src/filters/gopher-quality.ts
var STOP_WORDS = ["the", "be", "to", "of", "and", "that", "have", "with"];
function gopherQuality(options = {}) {
  const {
    minWords = 50,
    maxWords = 1e5,
    minWordLength = 3,
    maxWordLength = 10,
    maxSymbols = 0.1,
    maxBulletLines = 0.9,
    maxEllipsisLines = 0.3,
    minAlphabeticWords = 0.8,
    minStopWords = 2,
    stopWords = STOP_WORDS,
  } = options;
  return filter("gopherQuality", function* ({ text }) {
    const all = words(text);
    const count = all.length;
    const proper = all.filter((word) => !isPunctuation(word));
    yield atLeast("gopher_short_doc", "words", proper.length, minWords);
    yield atMost("gopher_long_doc", "words", proper.length, maxWords);
    const mean = proper.reduce((sum, word) => sum + length(word), 0) / proper.length;
    yield atLeast("gopher_below_avg_threshold", "wordLength", mean, minWordLength);
    yield atMost("gopher_above_avg_threshold", "wordLength", mean, maxWordLength);
    const ellipses = occurrences(text, "...") + occurrences(text, "\u2026");
    yield atMost("gopher_too_many_hashes", "hashes", occurrences(text, "#") / count, maxSymbols);
    yield atMost("gopher_too_many_ellipsis", "ellipses", ellipses / count, maxSymbols);
    const lines = splitLines(text);
    const bullets = lines.filter((line2) => /^[•-]/.test(trimStart(line2))).length;
    const ends = lines.filter((line2) => /(?:\.\.\.|…)$/.test(trimEnd(line2))).length;
    yield atMost("gopher_too_many_bullets", "bulletLines", bullets / lines.length, maxBulletLines);
    yield atMost("gopher_too_many_end_ellipsis", "ellipsisLines", ends / lines.length, maxEllipsisLines);
    const alphabetic = all.filter((word) => /\p{L}/u.test(word)).length / count;
    yield atLeast("gopher_below_alpha_threshold", "alphabeticWords", alphabetic, minAlphabeticWords);
    const present = new Set(all);
    const stops = new Set(stopWords.filter((word) => present.has(word))).size;
    yield atLeast("gopher_enough_stop_words", "stopWords", stops, minStopWords);
  });
}
function isPunctuation(word) {
  for (const character of word) if (!PUNCTUATION2.has(character)) return false;
  return true;
}

// ../../packages/dataset/src/filters/stretches.ts
var BASE = 16777619;
var Stretches = class {
  #text;
  /** Of the text up to each position, modulo 2^32. */
  #hashes;
  #powers;
  #slots;
  #starts;
  #ends;
  #counts;
  #known = 0;
  /** For at most `capacity` stretches at a time. */
  constructor(text, capacity) {
    this.#text = text;
    this.#hashes = new Int32Array(text.length + 1);
    this.#powers = new Int32Array(text.length + 1).fill(1, 0, 1);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity + 2)));
    this.#starts = new Int32Array(capacity);
    this.#ends = new Int32Array(capacity);
    this.#counts = new Int32Array(capacity);
    let hash = 0;
    let power = 1;
    for (let i = 0; i < text.length; i++) {
      hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
      power = Math.imul(power, BASE);
      this.#hashes[i + 1] = hash;
      this.#powers[i + 1] = power;
    }
  }
  /** Forgets all stretches. */
  clear() {
    this.#slots.fill(0);
    this.#known = 0;
  }
  /** Counts the stretch, and returns how often it has been counted before. */
  count(start, end) {
    const mask = this.#slots.length - 1;
    const hash = this.#hash(start, end);
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const known = this.#slots[slot] - 1;
      if (this.#equal(known, hash, start, end)) return this.#counts[known]++;
    }
    this.#starts[this.#known] = start;
    this.#ends[this.#known] = end;
    this.#counts[this.#known] = 1;
    this.#slots[slot] = ++this.#known;
    return 0;
  }
  /** The stretch that was counted most often; of several the first. */
  top() {
    if (this.#known === 0) return { text: "", count: 0 };
    let best = 0;
    for (let i = 1; i < this.#known; i++) if (this.#counts[i] > this.#counts[best]) best = i;
    return { text: this.#text.slice(this.#starts[best], this.#ends[best]), count: this.#counts[best] };
  }
  #hash(start, end) {
    return (this.#hashes[end] - Math.imul(this.#hashes[start], this.#powers[end - start])) | 0;
  }
  #equal(known, hash, start, end) {
    const [from, to] = [this.#starts[known], this.#ends[known]];
    return (
      to - from === end - start &&
      this.#hash(from, to) === hash &&
      this.#text.slice(from, to) === this.#text.slice(start, end)
    );
  }
};

// ../../packages/dataset/src/filters/gopher-repetition.ts
function gopherRepetition(options = {}) {
  const {
    duplicateParagraphs = 0.3,
    duplicateParagraphCharacters = 0.2,
    duplicateLines = 0.3,
    duplicateLineCharacters = 0.2,
    topNgrams = { 2: 0.2, 3: 0.18, 4: 0.16 },
    duplicateNgrams = { 5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.1 },
  } = options;
  return filter("gopherRepetition", function* ({ text }) {
    yield atLeast("empty", "characters", length(text), 1);
    const characters = length(text);
    const paragraphs = trim(text).split(/\n{2,}/);
    const paragraph = duplicates(paragraphs);
    yield atMost(
      "dup_para_frac",
      "duplicateParagraphs",
      paragraph.count / paragraphs.length,
      duplicateParagraphs,
    );
    yield atMost(
      "dup_para_char_frac",
      "duplicateParagraphCharacters",
      paragraph.characters / characters,
      duplicateParagraphCharacters,
    );
    const lines = text.split(/\n+/);
    const line2 = duplicates(lines);
    yield atMost("dup_line_frac", "duplicateLines", line2.count / lines.length, duplicateLines);
    yield atMost(
      "dup_line_char_frac",
      "duplicateLineCharacters",
      line2.characters / characters,
      duplicateLineCharacters,
    );
    const found = words(text);
    const spaced = new WordGrams(found, " ");
    for (const [n, threshold] of Object.entries(topNgrams)) {
      if (found.length < Number(n)) continue;
      yield atMost(`top_${n}_gram`, `top${n}gram`, spaced.top(Number(n)) / characters, threshold);
    }
    const dense = new WordGrams(found, "");
    for (const [n, threshold] of Object.entries(duplicateNgrams)) {
      const duplicate = dense.repeated(Number(n)) / characters;
      yield atMost(`duplicated_${n}_n_grams`, `duplicate${n}grams`, duplicate, threshold);
    }
  });
}
var WordGrams = class {
  #joined;
  #separator;
  /** Where each word starts, and where the one after the last would. */
  #starts;
  #stretches;
  constructor(found, separator) {
    this.#joined = found.join(separator);
    this.#separator = separator.length;
    this.#starts = new Int32Array(found.length + 1);
    let start = 0;
    for (const [i, word] of found.entries()) {
      start += word.length + separator.length;
      this.#starts[i + 1] = start;
    }
    this.#stretches = new Stretches(this.#joined, found.length);
  }
  /** The characters of the most frequent n-gram, times its occurrences; of several the first to appear. */
  top(n) {
    this.#stretches.clear();
    for (let i = 0; i + n < this.#starts.length; i++) this.#stretches.count(this.#starts[i], this.#end(i, n));
    const { text, count } = this.#stretches.top();
    return length(text) * count;
  }
  /** The characters in n-grams that have come before; the search goes on behind each. */
  repeated(n) {
    this.#stretches.clear();
    let characters = 0;
    for (let i = 0; i + n < this.#starts.length; ) {
      const start = this.#starts[i];
      const end = this.#end(i, n);
      const repeats = this.#stretches.count(start, end) > 0;
      if (repeats) characters += length(this.#joined.slice(start, end));
      i += repeats ? n : 1;
    }
    return characters;
  }
  #end(i, n) {
    return this.#starts[i + n] - this.#separator;
  }
};

// ../../packages/dataset/src/filters/url-filter.ts
function urlFilter({ lists, softWordThreshold = 2 }) {
  const domains = new Set(entries(lists.domains));
  const urls = new Set(entries(lists.urls));
  const words2 = normalised(lists.words);
  const softWords = normalised(lists.softWords);
  const subwords = normalised(lists.subwords);
  const found = (reason, metric, value) =>
    value === ""
      ? { keep: true, metric, value: "none" }
      : { keep: false, reason, metric, value, threshold: "listed" };
  return filter("urlFilter", async function* ({ meta }) {
    const { url } = meta;
    if (typeof url !== "string") {
      yield { keep: true, metric: "url", value: "none" };
      return;
    }
    if (domains.size > 0) {
      const { domain, hostname } = await hostOf(url);
      yield found("domain", "domain", domains.has(domain) ? domain : "");
      yield found("subdomain", "host", domains.has(hostname) ? hostname : "");
    }
    yield found("url", "url", urls.has(url) ? url : "");
    const parts = new Set(url.split(/[^a-zA-Z0-9]+/));
    yield found("hard_blacklisted", "word", words2.find((word) => parts.has(word)) ?? "");
    const soft = softWords.filter((word) => parts.has(word));
    const value = soft.length;
    const metric = "softWords";
    const threshold = softWordThreshold - 1;
    yield value > threshold
      ? { keep: false, reason: "soft_blacklisted", metric, value, threshold, bound: "max" }
      : { keep: true, metric, value, threshold, bound: "max" };
    const squeezed = normalise(url);
    const subword = subwords.find((part) => squeezed.includes(part));
    yield found("blacklisted_subword", "subword", subword ?? "");
  });
}
async function hostOf(url) {
  const { parse } = await import("tldts");
  const { domain, hostname } = parse(url, { validateHostname: false });
  return domain ? { domain, hostname: hostname ?? "" } : { domain: "", hostname: "" };
}
function entries(list2 = []) {
  return [...list2].map((line2) => line2.trim()).filter((line2) => line2 !== "" && line2[0] !== "#");
}
function normalised(list2) {
  return [...new Set(entries(list2).map(normalise))].filter((word) => word !== "");
}
function normalise(text) {
  return text.replace(/[^a-zA-Z0-9]+/g, "").toLowerCase();
}

// ../../packages/dataset/src/language/eld.ts
var WINDOW = 1e3;
var WINDOWS = 4;
function eld(size = "extrasmall") {
  let loading;
  return {
    async identify(text) {
      loading ??= load(size);
      const { detect } = (await loading).eld;
      const sums = /* @__PURE__ */ new Map();
      const parts = windows(text.replaceAll("\n", " "));
      for (const part of parts) {
        for (const [language2, score] of Object.entries(detect(part).getScores())) {
          sums.set(language2, (sums.get(language2) ?? 0) + score / parts.length);
        }
      }
      let best = { language: "", score: 0 };
      for (const [language2, score] of sums) if (score > best.score) best = { language: language2, score };
      return best;
    },
  };
}
function windows(text) {
  if (text.length <= WINDOW) return [text];
  const count = Math.min(WINDOWS, Math.ceil(text.length / WINDOW));
  const step = (text.length - WINDOW) / (count - 1);
  return Array.from({ length: count }, (_, i) => text.slice(Math.round(i * step)).slice(0, WINDOW));
}
function load(size) {
  switch (size) {
    case "extrasmall":
      return import("eld/extrasmall");
    case "small":
      return import("eld/small");
    case "medium":
      return import("eld/medium");
    case "large":
      return import("eld/large");
  }
}

// ../../packages/dataset/src/language/language.ts
function language(languages, { threshold = 0.65, identifier = eld() } = {}) {
  return rewrite("language", async function* (document) {
    const { language: found, score } = await identifier.identify(document.text);
    const reason = "language";
    yield languages.includes(found)
      ? { keep: true, metric: "language", value: found, threshold: languages.join(", ") }
      : { keep: false, reason, metric: "language", value: found, threshold: languages.join(", ") };
    yield score > threshold
      ? { keep: true, metric: "languageScore", value: score, threshold, bound: "min" }
      : { keep: false, reason, metric: "languageScore", value: score, threshold, bound: "min" };
    return { ...document, meta: { ...document.meta, language: found, languageScore: score } };
  });
}

// ../../packages/dataset/src/pipeline.ts
function pipeline(source, ...steps) {
  const from = "read" in source ? source : documents(source);
  const flat = steps.flat();
  let stats = [from, ...flat].map(({ name }) => counters(name));
  return {
    source: from,
    steps: flat,
    docs(options = {}) {
      stats = [from, ...flat].map(({ name }) => counters(name));
      return run(from, flat, stats, options);
    },
    stats: () => stats.map((step) => ({ ...step, dropped: { ...step.dropped } })),
  };
}
function documents(items, name = "documents") {
  return {
    name,
    async *read() {
      let position = 0;
      for await (const item of items) {
        yield typeof item === "string" ? { id: `${position}`, text: item, meta: {} } : item;
        position++;
      }
    },
  };
}
function counters(name) {
  return { name, in: 0, out: 0, dropped: {} };
}
function run(source, steps, stats, { signal, onDrop }) {
  const context = (at) => ({
    signal,
    drop(document, verdict) {
      const { name, dropped } = stats[at];
      dropped[verdict.reason] = (dropped[verdict.reason] ?? 0) + 1;
      if (at === 0) stats[0].in++;
      onDrop?.({ step: name, document, verdict });
    },
  });
  let stream = counted(source.read(context(0)), stats, 0, signal);
  steps.forEach((step, i) => {
    stream = counted(step.transform(stream, context(i + 1)), stats, i + 1, signal);
  });
  return stream;
}
async function* counted(stream, stats, at, signal) {
  signal?.throwIfAborted();
  for await (const document of stream) {
    signal?.throwIfAborted();
    stats[at].out++;
    if (at === 0) stats[0].in++;
    const next = stats[at + 1];
    if (next) next.in++;
    yield document;
  }
}

// ../../packages/dataset/src/warc/concat.ts
function concat(a, b) {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

// ../../packages/dataset/src/warc/inflate.ts
var fastBits = 10;
var windowSize = 32768;
var maxMatch = 258;
var outputSize = windowSize + 65536 + maxMatch;
var lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
var lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
var distanceBase = Array.from({ length: 30 }, (_, i) =>
  i < 4 ? i + 1 : (2 + (i & 1)) * 2 ** ((i >> 1) - 1) + 1,
);
var distanceExtra = Array.from({ length: 30 }, (_, i) => (i < 4 ? 0 : (i >> 1) - 1));
var codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
var InflateError = class extends Error {
  name = "InflateError";
};
var Inflate = class {
  /** Whether the final block has been read to its end. */
  done = false;
  input = new Uint8Array(0);
  position = 0;
  hold = 0;
  bits = 0;
  output = new Uint8Array(outputSize);
  written = 0;
  emitted = 0;
  isFinal = false;
  block = "none";
  storedLeft = 0;
  literals = fixedLiterals;
  distances = fixedDistances;
  /** Adds compressed bytes, which must stay as they are until they are read. */
  feed(chunk) {
    this.input = concat(this.rest(), chunk);
    this.position = 0;
    this.bits &= 7;
    this.hold &= (1 << this.bits) - 1;
  }
  /** Bytes that were fed and do not belong to the compressed data; to be asked when `done`. */
  rest() {
    return this.input.subarray(this.position - (this.bits >> 3));
  }
  /** The next decompressed bytes (a copy); undefined when more input is needed or all is done. */
  read() {
    for (;;) {
      if (this.written > windowSize + 65536 - 1) return this.emit();
      if (this.done || !this.step()) return this.written > this.emitted ? this.emit() : void 0;
    }
  }
  emit() {
    const chunk = this.output.slice(this.emitted, this.written);
    if (this.written > windowSize) {
      this.output.copyWithin(0, this.written - windowSize, this.written);
      this.written = windowSize;
    }
    this.emitted = this.written;
    return chunk;
  }
  /** Does one piece of work; false when it needs more input first. */
  step() {
    if (this.block === "coded") return this.inflateCoded();
    if (this.block === "stored") return this.copyStored();
    if (this.isFinal) {
      this.done = true;
      return true;
    }
    const { position, hold, bits } = this;
    if (this.readHeader()) return true;
    this.position = position;
    this.hold = hold;
    this.bits = bits;
    return false;
  }
  /** The low `count` bits of what comes next; past the end they are zero and `isShort` says so. */
  take(count) {
    while (this.bits < count) {
      this.hold |= (this.input[this.position++] ?? 0) << this.bits;
      this.bits += 8;
    }
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.bits -= count;
    return value;
  }
  get isShort() {
    return this.position > this.input.length;
  }
  readHeader() {
    const isFinal = this.take(1) === 1;
    const type = this.take(2);
    if (this.isShort) return false;
    if (type === 0) {
      this.take(this.bits & 7);
      const length2 = this.take(16);
      const check = this.take(16);
      if (this.isShort) return false;
      if ((length2 ^ check) !== 65535) throw new InflateError("stored block with a wrong length");
      this.storedLeft = length2;
      this.block = "stored";
    } else if (type === 1) {
      this.literals = fixedLiterals;
      this.distances = fixedDistances;
      this.block = "coded";
    } else if (type === 2) {
      if (!this.readCodes()) return false;
      this.block = "coded";
    } else throw new InflateError("block of unknown type 3");
    this.isFinal = isFinal;
    return true;
  }
  readCodes() {
    const literalCount = this.take(5) + 257;
    const distanceCount = this.take(5) + 1;
    const lengthCount = this.take(4) + 4;
    const lengths = new Uint8Array(320);
    for (let i = 0; i < lengthCount; i++) lengths[codeLengthOrder[i]] = this.take(3);
    if (this.isShort) return false;
    if (literalCount > 286) throw new InflateError(`${literalCount} literal codes, at most 286 exist`);
    const lengthCode = buildCode(lengths.subarray(0, 19));
    lengths.fill(0);
    for (let i = 0; i < literalCount + distanceCount; ) {
      const symbol = this.symbol(lengthCode);
      if (symbol < 16) {
        lengths[i++] = symbol;
        if (this.isShort) return false;
        continue;
      }
      if (symbol === 16 && i === 0) throw new InflateError("code length repeats nothing");
      const value = symbol === 16 ? lengths[i - 1] : 0;
      const repeat = symbol === 16 ? 3 + this.take(2) : symbol === 17 ? 3 + this.take(3) : 11 + this.take(7);
      if (this.isShort) return false;
      if (i + repeat > literalCount + distanceCount) throw new InflateError("code lengths run over");
      lengths.fill(value, i, i + repeat);
      i += repeat;
    }
    this.literals = buildCode(lengths.subarray(0, literalCount));
    this.distances = buildCode(lengths.subarray(literalCount, literalCount + distanceCount));
    return true;
  }
  /** Decodes one symbol, bits in the fields. */
  symbol(code) {
    while (this.bits < 15) {
      this.hold |= (this.input[this.position++] ?? 0) << this.bits;
      this.bits += 8;
    }
    const entry = code.fast[this.hold & ((1 << fastBits) - 1)];
    const found = entry === 0 ? search(code, this.hold) : entry;
    if (found === 0) return this.isShort ? 0 : fail("bits that are no code");
    const length2 = found & 15;
    this.hold >>>= length2;
    this.bits -= length2;
    while (this.bits >= 8 && this.position > this.input.length) {
      this.position--;
      this.bits -= 8;
      this.hold &= (1 << this.bits) - 1;
    }
    return found >>> 4;
  }
  copyStored() {
    while (this.bits >= 8 && this.storedLeft > 0) {
      this.output[this.written++] = this.take(8);
      this.storedLeft--;
    }
    const room = windowSize + 65536 + maxMatch - this.written;
    const count = Math.min(this.storedLeft, room, this.input.length - this.position);
    this.output.set(this.input.subarray(this.position, this.position + count), this.written);
    this.position += count;
    this.written += count;
    this.storedLeft -= count;
    if (this.storedLeft === 0) this.block = "none";
    return this.storedLeft === 0 || count > 0;
  }
  inflateCoded() {
    const { input, output, literals, distances } = this;
    const limit = windowSize + 65536;
    const safe = input.length - 8;
    const mask = (1 << fastBits) - 1;
    const { fast } = literals;
    let { position, hold, bits, written } = this;
    while (position < safe && written < limit) {
      while (bits < 15) {
        hold |= input[position++] << bits;
        bits += 8;
      }
      let entry = fast[hold & mask];
      if (entry === 0) entry = search(literals, hold) || fail("bits that are no code");
      hold >>>= entry & 15;
      bits -= entry & 15;
      const symbol = entry >>> 4;
      if (symbol < 256) {
        output[written++] = symbol;
        continue;
      }
      if (symbol === 256) {
        this.block = "none";
        break;
      }
      if (symbol > 285) throw new InflateError(`length symbol ${symbol}`);
      const lengthBits = lengthExtra[symbol - 257];
      while (bits < lengthBits) {
        hold |= input[position++] << bits;
        bits += 8;
      }
      const length2 = lengthBase[symbol - 257] + (hold & ((1 << lengthBits) - 1));
      hold >>>= lengthBits;
      bits -= lengthBits;
      while (bits < 15) {
        hold |= input[position++] << bits;
        bits += 8;
      }
      entry = distances.fast[hold & mask];
      if (entry === 0) entry = search(distances, hold) || fail("bits that are no code");
      hold >>>= entry & 15;
      bits -= entry & 15;
      const code = entry >>> 4;
      if (code > 29) throw new InflateError(`distance symbol ${code}`);
      const distanceBits = distanceExtra[code];
      while (bits < distanceBits) {
        hold |= input[position++] << bits;
        bits += 8;
      }
      const distance = distanceBase[code] + (hold & ((1 << distanceBits) - 1));
      hold >>>= distanceBits;
      bits -= distanceBits;
      if (distance > written) throw new InflateError(`distance ${distance} reaches before the start`);
      for (const end = written + length2; written < end; written++)
        output[written] = output[written - distance];
    }
    this.position = position;
    this.hold = hold;
    this.bits = bits;
    this.written = written;
    if (this.block === "none" || written >= limit) return true;
    return this.inflateOne();
  }
  /** One symbol near the end of the input, undone where it turns out to be cut off. */
  inflateOne() {
    const { position, hold, bits } = this;
    const undo = () => {
      this.position = position;
      this.hold = hold;
      this.bits = bits;
      return false;
    };
    const symbol = this.symbol(this.literals);
    if (this.isShort) return undo();
    if (symbol > 285) fail(`length symbol ${symbol}`);
    if (symbol < 256) this.output[this.written++] = symbol;
    else if (symbol === 256) this.block = "none";
    else {
      const length2 = lengthBase[symbol - 257] + this.take(lengthExtra[symbol - 257]);
      if (this.isShort) return undo();
      const code = this.symbol(this.distances);
      if (this.isShort) return undo();
      if (code > 29) fail(`distance symbol ${code}`);
      const distance = distanceBase[code] + this.take(distanceExtra[code]);
      if (this.isShort) return undo();
      if (distance > this.written) fail(`distance ${distance} reaches before the start`);
      for (let i = 0; i < length2; i++, this.written++)
        this.output[this.written] = this.output[this.written - distance];
    }
    return true;
  }
};
function fail(message) {
  throw new InflateError(message);
}
function buildCode(lengths) {
  const counts = new Uint16Array(16);
  for (const length2 of lengths) counts[length2]++;
  counts[0] = 0;
  let left = 1;
  const offsets = new Uint16Array(17);
  const next = new Uint16Array(17);
  for (let length2 = 1; length2 < 16; length2++) {
    left = left * 2 - counts[length2];
    if (left < 0) throw new InflateError("more codes than bits can tell apart");
    offsets[length2 + 1] = offsets[length2] + counts[length2];
    next[length2 + 1] = (next[length2] + counts[length2]) << 1;
  }
  const symbols = new Uint16Array(lengths.length);
  const fast = new Uint16Array(1 << fastBits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length2 = lengths[symbol];
    if (length2 === 0) continue;
    symbols[offsets[length2]++] = symbol;
    const code = next[length2]++;
    if (length2 > fastBits) continue;
    let reversed = 0;
    for (let i = 0; i < length2; i++) reversed |= ((code >> i) & 1) << (length2 - 1 - i);
    for (let i = reversed; i < 1 << fastBits; i += 1 << length2) fast[i] = (symbol << 4) | length2;
  }
  return { fast, counts, symbols };
}
function search({ counts, symbols }, hold) {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length2 = 1; length2 < 16; length2++) {
    code |= (hold >>> (length2 - 1)) & 1;
    const count = counts[length2];
    if (code - first < count) return (symbols[index + code - first] << 4) | length2;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return 0;
}
var fixedLiterals = buildCode(
  Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
);
var fixedDistances = buildCode(new Uint8Array(30).fill(5));

// ../../packages/dataset/src/warc/gzip.ts
var crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 3988292384 : crc >>> 1;
  return crc;
});
function crc32(bytes, start) {
  let crc = ~start;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
function isGzip(bytes) {
  return bytes[0] === 31 && bytes[1] === 139 && bytes[2] === 8;
}
var Gunzip = class {
  pending = new Uint8Array(0);
  member;
  isSkipping = false;
  /** Takes the next compressed bytes; `isLast` says that no more come. */
  *push(chunk, isLast = false) {
    this.pending = concat(this.pending, chunk);
    for (;;) {
      if (this.member) {
        const { member } = this;
        member.inflate.feed(this.pending);
        this.pending = new Uint8Array(0);
        try {
          for (let bytes = member.inflate.read(); bytes; bytes = member.inflate.read()) {
            member.crc = crc32(bytes, member.crc);
            member.size = (member.size + bytes.length) >>> 0;
            yield { bytes };
          }
        } catch {
          this.pending = member.inflate.rest();
          yield this.broken("corrupt_gzip");
          continue;
        }
        if (!member.inflate.done) {
          if (isLast) yield this.broken("truncated_gzip");
          return;
        }
        const rest = member.inflate.rest();
        if (rest.length < 8) {
          if (isLast) yield this.broken("truncated_gzip");
          return;
        }
        this.pending = rest.subarray(8);
        this.member = void 0;
        const view = new DataView(rest.buffer, rest.byteOffset, 8);
        if (view.getUint32(0, true) !== member.crc || view.getUint32(4, true) !== member.size) {
          yield this.broken("corrupt_gzip");
        }
        continue;
      }
      if (this.isSkipping && !this.findMember(isLast)) return;
      if (this.pending.length === 0) return;
      const start = headerLength(this.pending);
      if (start === "bad") {
        if (this.pending.some((byte) => byte !== 0)) {
          this.pending = this.pending.subarray(1);
          yield this.broken("corrupt_gzip");
        } else this.pending = new Uint8Array(0);
        continue;
      }
      if (start === "short") {
        if (isLast) {
          this.pending = new Uint8Array(0);
          yield this.broken("truncated_gzip");
        }
        return;
      }
      this.pending = this.pending.subarray(start);
      this.member = { inflate: new Inflate(), crc: 0, size: 0 };
    }
  }
  broken(problem) {
    this.member = void 0;
    this.isSkipping = true;
    return { problem };
  }
  /** Drops bytes up to the next likely start of a member. */
  findMember(isLast) {
    const { pending } = this;
    for (let i = 0; i + 3 < pending.length; i++) {
      if (isGzip(pending.subarray(i, i + 3)) && pending[i + 3] < 32) {
        this.pending = pending.subarray(i);
        this.isSkipping = false;
        return true;
      }
    }
    this.pending = isLast ? new Uint8Array(0) : pending.slice(-3);
    return false;
  }
};
function headerLength(bytes) {
  if (bytes.length < 10) return isGzip(concat(bytes, gzipMagic.subarray(bytes.length))) ? "short" : "bad";
  if (!isGzip(bytes)) return "bad";
  const flags = bytes[3];
  let end = 10;
  if (flags & 4) end += 2 + (bytes[10] ?? 0) + (bytes[11] ?? 0) * 256;
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, end);
    if (zero < 0) return bytes.length > 1e5 ? "bad" : "short";
    end = zero + 1;
  }
  if (flags & 2) end += 2;
  return end <= bytes.length ? end : "short";
}
var gzipMagic = Uint8Array.of(31, 139, 8);

// ../../packages/dataset/src/warc/bytes.ts
async function* chunksOf(source) {
  if (source instanceof Uint8Array) yield source;
  else if (!(source instanceof ReadableStream) || Symbol.asyncIterator in source) yield* source;
  else {
    const reader = source.getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    } finally {
      await reader.cancel();
    }
  }
}
async function* decompressed(source, slice = 1 << 16) {
  let head = new Uint8Array(0);
  let gunzip;
  for await (const chunk of chunksOf(source)) {
    for (let at = 0; at < chunk.length; at += slice) {
      let part = chunk.subarray(at, at + slice);
      if (gunzip === void 0) {
        head = concat(head, part);
        if (head.length < 3) continue;
        gunzip = isGzip(head) ? new Gunzip() : "plain";
        part = head;
      }
      if (gunzip === "plain") yield { bytes: part };
      else yield* gunzip.push(part);
    }
  }
  if (gunzip instanceof Gunzip) yield* gunzip.push(new Uint8Array(0), true);
  else if (gunzip === void 0 && head.length > 0) yield { bytes: head };
}
var ByteReader = class {
  /** What went wrong where the last read fell short; `"end"` at the end of the stream. */
  stopped;
  /** Decompressed bytes read so far. */
  offset = 0;
  /** What the bytes that are here are followed by, where that is known: reading ahead must not stop what is still whole. */
  ended;
  events;
  chunks = [];
  start = 0;
  available = 0;
  constructor(source) {
    this.events = decompressed(source);
  }
  /** The next byte without taking it; undefined where reading stopped. */
  async peek() {
    if (await this.fill(1)) return this.chunks[0][this.start];
    this.stopped = this.ended;
    return void 0;
  }
  /** The next `count` bytes, or undefined (and `stopped`) where so many do not come. */
  async take(count) {
    if (!(await this.fill(count))) {
      this.stopped = this.ended;
      return void 0;
    }
    const result = new Uint8Array(count);
    let done = 0;
    while (done < count) {
      const chunk = this.chunks[0];
      const part = chunk.subarray(this.start, this.start + count - done);
      result.set(part, done);
      done += part.length;
      this.skip(part.length);
    }
    return result;
  }
  /** The next line without its line break, as Latin-1; undefined where none of at most `limit` bytes comes. */
  async line(limit = 65536) {
    for (let wanted = 256; ; wanted *= 2) {
      const isThere = await this.fill(Math.min(wanted, limit));
      const length2 = this.indexOf(10);
      if (length2 >= 0) {
        const bytes = await this.take(length2 + 1);
        return latin1(bytes.subarray(0, bytes[length2 - 1] === 13 ? length2 - 1 : length2));
      }
      if (!isThere) this.stopped = this.ended;
      if (!isThere || wanted >= limit) return void 0;
    }
  }
  /** Whether these ASCII characters come next. */
  async startsWith(text) {
    if (!(await this.fill(text.length))) return false;
    let [chunk, at] = [0, this.start];
    for (let i = 0; i < text.length; i++, at++) {
      while (at >= this.chunks[chunk].length) [chunk, at] = [chunk + 1, 0];
      if (this.chunks[chunk][at] !== text.charCodeAt(i)) return false;
    }
    return true;
  }
  /** Drops bytes up to and with the next line feed, or to where reading stops. */
  async skipLine() {
    while (await this.fill(1)) {
      const chunk = this.chunks[0];
      const at = chunk.indexOf(10, this.start);
      this.skip((at < 0 ? chunk.length - 1 : at) - this.start + 1);
      if (at >= 0) return;
    }
  }
  /** Forgets what is left of a damaged part, to read on after it; false at the end of the stream. */
  resume() {
    if (this.ended === "end") return false;
    this.stopped = void 0;
    this.ended = void 0;
    this.offset += this.available;
    this.chunks = [];
    this.start = 0;
    this.available = 0;
    return true;
  }
  /** Tells the source that no more is wanted. */
  async close() {
    await this.events.return?.();
  }
  async fill(count) {
    while (this.available < count && this.ended === void 0) {
      const { value, done } = await this.events.next();
      if (done) this.ended = "end";
      else if ("problem" in value) this.ended = value.problem;
      else if (value.bytes.length > 0) {
        this.chunks.push(value.bytes);
        this.available += value.bytes.length;
      }
    }
    return this.available >= count;
  }
  indexOf(byte) {
    let before = 0;
    let { start } = this;
    for (const chunk of this.chunks) {
      const at = chunk.indexOf(byte, start);
      if (at >= 0) return before + at - start;
      before += chunk.length - start;
      start = 0;
    }
    return -1;
  }
  skip(count) {
    this.start += count;
    this.offset += count;
    this.available -= count;
    if (this.start === this.chunks[0].length) {
      this.chunks.shift();
      this.start = 0;
    }
  }
};
function latin1(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}

// ../../packages/dataset/src/warc/charset.ts
function decodeText(bytes, httpContentType = "") {
  const mark =
    bytes[0] === 255 && bytes[1] === 254
      ? "utf-16le"
      : bytes[0] === 254 && bytes[1] === 255
        ? "utf-16be"
        : void 0;
  if (mark) return decodeAs(mark, bytes, true);
  const utf82 = decodeAs("utf-8", bytes, true);
  if (utf82) return utf82;
  for (const label of [declaredCharset(bytes), /charset\s*=\s*["']?([\w:.-]+)/i.exec(httpContentType)?.[1]]) {
    const decoded = label && (decodeAs(label, bytes, true) ?? (isMostlyText(label, bytes) || void 0));
    if (decoded) return decoded;
  }
  const guess = guessCharset(bytes);
  return decodeAs(guess, bytes, true);
}
function declaredCharset(bytes) {
  const head = latin1(bytes.subarray(0, 4096));
  const label = /<(?:meta\b[^>]{0,300}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w:.-]+)/i.exec(
    head,
  )?.[1];
  return label && /^utf-?16/i.test(label) ? "utf-8" : label;
}
function decodeAs(label, bytes, fatal) {
  try {
    const decoder = new TextDecoder(label, { fatal });
    const text = decoder.decode(bytes);
    return text.includes("\0") ? void 0 : { text, charset: decoder.encoding };
  } catch {
    return void 0;
  }
}
function isMostlyText(label, bytes) {
  const decoded = decodeAs(label, bytes, false);
  if (!decoded) return void 0;
  let bad = 0;
  for (let at = decoded.text.indexOf("\uFFFD"); at >= 0; at = decoded.text.indexOf("\uFFFD", at + 1)) bad++;
  return bad * 100 <= decoded.text.length ? decoded : void 0;
}
function guessCharset(bytes) {
  let high = 0;
  let letters2 = 0;
  for (const byte of bytes) {
    if (byte >= 128) high++;
    else if ((byte | 32) >= 97 && (byte | 32) <= 122) letters2++;
  }
  if (high < 0.2 * (high + letters2)) return "windows-1252";
  for (const [label, common] of [
    ["shift_jis", /[\u3041-\u30fe]/g],
    ["euc-jp", /[\u3041-\u30fe]/g],
    ["euc-kr", /[\uac00-\ud7a3]/g],
    ["gb18030", /[\u4e00-\u9fff]/g],
    ["big5", /[\u4e00-\u9fff]/g],
    ["windows-1251", /[\u0430-\u044f]/g],
  ]) {
    const text = decodeAs(label, bytes, true)?.text;
    if (text && (text.match(common)?.length ?? 0) * (label === "windows-1251" ? 1 : 2) > 0.5 * high)
      return label;
  }
  return "windows-1252";
}

// ../../packages/dataset/src/warc/http.ts
var HttpError = class extends Error {
  name = "HttpError";
  reason;
  /** The value at fault. */
  value;
  constructor(reason, value) {
    super(`${reason}: ${value}`);
    this.reason = reason;
    this.value = value;
  }
};
function parseResponse(message, maxBytes = 64 * 2 ** 20) {
  const end = headerEnd(message);
  const lines = latin1(message.subarray(0, end)).split(/\r?\n/);
  const status = /^HTTP\/\d(?:\.\d)? +(\d{3})/i.exec(lines[0] ?? "")?.[1];
  if (status === void 0) throw new HttpError("bad_http_header", (lines[0] ?? "").slice(0, 80));
  const headers = /* @__PURE__ */ new Map();
  for (const line2 of lines.slice(1)) {
    const colon = line2.indexOf(":");
    if (colon > 0) headers.set(line2.slice(0, colon).trim().toLowerCase(), line2.slice(colon + 1).trim());
  }
  let body = message.subarray(end);
  if (/\bchunked\b/i.test(headers.get("transfer-encoding") ?? "")) body = dechunk(body);
  const encodings = (headers.get("content-encoding") ?? "").toLowerCase().split(",");
  for (const encoding of encodings.reverse()) body = decodeContent(body, encoding.trim(), maxBytes);
  return { status: +status, headers, body };
}
function headerEnd(message) {
  for (let at = message.indexOf(10); at >= 0; at = message.indexOf(10, at + 1)) {
    if (message[at + 1] === 10) return at + 2;
    if (message[at + 1] === 13 && message[at + 2] === 10) return at + 3;
  }
  return message.length;
}
function dechunk(body) {
  const parts = [];
  let total = 0;
  for (let at2 = 0; ; ) {
    const lineEnd = body.indexOf(10, at2);
    const line2 = latin1(
      body.subarray(at2, lineEnd < 0 ? Math.min(body.length, at2 + 20) : Math.min(lineEnd, at2 + 1e3)),
    );
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?\r?$/i.exec(line2)?.[1];
    if (size === void 0 || lineEnd < 0) {
      if (at2 === 0) return body;
      throw new HttpError("bad_chunks", line2.slice(0, 40));
    }
    const length2 = Number.parseInt(size, 16);
    if (length2 === 0) break;
    const chunk = body.subarray(lineEnd + 1, lineEnd + 1 + length2);
    if (chunk.length < length2)
      throw new HttpError("bad_chunks", `chunk of ${length2} bytes, ${chunk.length} are there`);
    parts.push(chunk);
    total += length2;
    at2 = lineEnd + 1 + length2;
    if (body[at2] === 13) at2++;
    if (body[at2] === 10) at2++;
    else throw new HttpError("bad_chunks", `no line break after a chunk of ${length2} bytes`);
  }
  const joined = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
function decodeContent(body, encoding, maxBytes) {
  if (encoding === "gzip" || encoding === "x-gzip") {
    if (body[0] !== 31 || body[1] !== 139) return body;
    return collect2(gunzipParts(body), maxBytes);
  }
  if (encoding === "deflate") return decodeDeflate(body, maxBytes);
  if (encoding === "br") return decodeBrotli(body, maxBytes);
  if (encoding === "" || encoding === "identity" || encoding === "none") return body;
  throw new HttpError("bad_content_encoding", encoding.slice(0, 40));
}
function* gunzipParts(body) {
  for (const event of new Gunzip().push(body, true)) {
    if ("problem" in event) throw new HttpError("bad_content_encoding", `gzip (${event.problem})`);
    yield event.bytes;
  }
}
function decodeDeflate(body, maxBytes) {
  const isZlib = (body[0] & 15) === 8 && (body[0] * 256 + body[1]) % 31 === 0;
  try {
    return collect2(inflateParts(isZlib ? body.subarray(2) : body), maxBytes);
  } catch (error) {
    if (error instanceof HttpError && error.reason === "body_too_long") throw error;
    if (body[0] === 60) return body;
    throw new HttpError("bad_content_encoding", "deflate");
  }
}
function* inflateParts(body) {
  const inflate = new Inflate();
  for (const part of [body, new Uint8Array(8)]) {
    inflate.feed(part);
    for (let bytes = inflate.read(); bytes; bytes = inflate.read()) yield bytes;
  }
  if (!inflate.done) throw new HttpError("bad_content_encoding", "deflate (truncated)");
}
function decodeBrotli(body, maxBytes) {
  const runtime = globalThis.process;
  const zlib = runtime?.getBuiltinModule?.("node:zlib");
  if (!zlib) throw new HttpError("bad_content_encoding", "br (no decoder here)");
  try {
    return zlib.brotliDecompressSync(body, { maxOutputLength: maxBytes });
  } catch {
    if (/^\s*</.test(latin1(body.subarray(0, 100)))) return body;
    throw new HttpError("bad_content_encoding", "br");
  }
}
function collect2(parts, maxBytes) {
  const all = [];
  let total = 0;
  for (const part of parts) {
    total += part.length;
    if (total > maxBytes) throw new HttpError("body_too_long", `more than ${maxBytes} bytes`);
    all.push(part);
  }
  const joined = new Uint8Array(total);
  let at = 0;
  for (const part of all) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

// ../../packages/dataset/src/warc/record.ts
async function* readRecords(source, options = {}) {
  const { maxBytes = 64 * 2 ** 20 } = options;
  const reader = new ByteReader(source);
  try {
    for (;;) {
      const next = await readRecord(reader, maxBytes);
      if (next) yield next;
      if (reader.stopped && !reader.resume()) return;
    }
  } finally {
    await reader.close();
  }
}
var noHeaders = /* @__PURE__ */ new Map();
async function readRecord(reader, maxBytes) {
  await skipLineBreaks(reader);
  const { offset } = reader;
  const broken = (headers2 = noHeaders, kind = "truncated_record") => ({
    problem: reader.stopped === void 0 || reader.stopped === "end" ? kind : reader.stopped,
    offset,
    headers: headers2,
  });
  if ((await reader.peek()) === void 0) return reader.stopped === "end" ? void 0 : broken();
  const version = await reader.line();
  if (version === void 0 || !/^WARC\/\d/.test(version)) {
    const problem = broken(noHeaders, "bad_record_header");
    await findVersion(reader);
    return problem;
  }
  const headers = await readFields(reader);
  if (headers === void 0) return broken();
  const length2 = headers.get("content-length") ?? "";
  if (!/^\d{1,15}$/.test(length2)) {
    await findVersion(reader);
    return broken(headers, "bad_record_header");
  }
  if (+length2 > maxBytes) {
    for (let left = +length2; left > 0; left -= 65536) {
      if (!(await reader.take(Math.min(left, 65536)))) return broken(headers);
    }
    return { problem: "record_too_long", offset, headers };
  }
  const content = await reader.take(+length2);
  if (content === void 0) return broken(headers);
  await skipLineBreaks(reader);
  if (reader.stopped !== void 0 && reader.stopped !== "end") return broken(headers);
  return { type: headers.get("warc-type") ?? "", headers, content, offset };
}
async function skipLineBreaks(reader) {
  for (let byte = await reader.peek(); byte === 13 || byte === 10; byte = await reader.peek())
    await reader.take(1);
}
async function readFields(reader) {
  const fields = /* @__PURE__ */ new Map();
  let last = "";
  for (let count = 0; count < 1e3; count++) {
    const line2 = await reader.line();
    if (line2 === void 0) return void 0;
    if (line2 === "") return fields;
    const colon = line2.indexOf(":");
    if (/^[ \t]/.test(line2) && last) fields.set(last, `${fields.get(last)} ${line2.trim()}`);
    else if (colon > 0) {
      last = line2.slice(0, colon).trim().toLowerCase();
      fields.set(last, utf8(line2.slice(colon + 1).trim()));
    }
  }
  return void 0;
}
function utf8(value) {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(value, (char) => char.charCodeAt(0)),
    );
  } catch {
    return value;
  }
}
async function findVersion(reader) {
  while ((await reader.peek()) !== void 0 && !(await reader.startsWith("WARC/"))) await reader.skipLine();
}

// ../../packages/dataset/src/warc/sniff.ts
function sniffMediaType(body, declared) {
  const head = latin1(body.subarray(0, 1024)).replace(/^(?:\xef\xbb\xbf)?[\t\n\f\r ]+|^\xef\xbb\xbf/, "");
  const said = (declared.split(";")[0] ?? "").trim().toLowerCase();
  if (/^<\?xml/i.test(head)) {
    if (/<html\b|xhtml/i.test(head)) return "application/xhtml+xml";
    return said || "text/xml";
  }
  if (
    /^<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link)[\s>]/i.test(
      head,
    )
  ) {
    return "text/html";
  }
  if (/^<!--/.test(head))
    return said === "" || said === "text/html" || said.includes("xhtml") ? said || "text/html" : said;
  const found = signatures.find(([signature]) => head.startsWith(signature))?.[1];
  return found ?? (said || "application/octet-stream");
}
var signatures = [
  ["%PDF-", "application/pdf"],
  ["\x89PNG", "image/png"],
  ["GIF8", "image/gif"],
  ["\xFF\xD8\xFF", "image/jpeg"],
  ["RIFF", "image/webp"],
  ["PK", "application/zip"],
  ["\x8B", "application/gzip"],
];

// ../../packages/dataset/src/warc/read.ts
function readWarc(source, options = {}) {
  const { name = "warc" } = options;
  return {
    name: "readWarc",
    async *read(context) {
      for await (const record of readRecords(typeof source === "function" ? source() : source, options)) {
        context.signal?.throwIfAborted();
        const document = toDocument(record, name, context);
        if (document) yield document;
      }
    },
  };
}
var withoutPages = /* @__PURE__ */ new Set(["warcinfo", "request", "metadata"]);
function toDocument(record, name, context) {
  const { headers, offset } = record;
  const url = (headers.get("warc-target-uri") ?? "").replace(/^<(.*)>$/, "$1");
  const date = headers.get("warc-date");
  const document = { id: `${name}/${offset}`, text: "", meta: { url, ...(date && { date }) } };
  const drop = (reason, metric, value, threshold) => {
    context.drop(document, { keep: false, reason, metric, value, threshold });
    return void 0;
  };
  if ("problem" in record) return drop(record.problem, "offset", offset, "a whole record");
  const { type } = record;
  if (withoutPages.has(type)) return void 0;
  if (type === "response" || type === "conversion") return readPage(record, document, drop);
  return drop("record_type", "warc-type", type, "response or conversion");
}
function readPage(record, document, drop) {
  const { headers, content, type } = record;
  let http;
  if (type === "response") {
    try {
      http = parseResponse(content);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return drop(error.reason, "response", error.value, "a readable HTTP response");
    }
    if (http.status < 200 || http.status > 299) return drop("http_status", "status", http.status, "200..299");
  }
  const body = http?.body ?? content;
  const declared = http?.headers.get("content-type") ?? "";
  const mediaType = http
    ? (headers.get("warc-identified-payload-type") ?? sniffMediaType(body, declared))
    : "text/plain";
  if (
    !/^(?:text\/html|application\/xhtml\+xml|text\/plain)$/.test(mediaType) ||
    (http && mediaType === "text/plain")
  ) {
    return drop("media_type", "media type", mediaType, "text/html");
  }
  const decoded = decodeText(body, declared);
  if (!decoded) return drop("undecodable", "charset", declared || "none declared", "text");
  const { text, charset } = decoded;
  return {
    ...document,
    text,
    meta: { ...document.meta, mediaType, ...(charset !== "utf-8" && { charset }) },
  };
}

// ../../packages/dataset/src/warc/write.ts
async function* writeWarc(pages2) {
  const encoder = new TextEncoder();
  let position = 0;
  for await (const { url, html, date = 0 } of pages2) {
    const body = encoder.encode(html);
    const http = encoder.encode(
      `HTTP/1.1 200 OK\r
Content-Type: text/html; charset=utf-8\r
Content-Length: ${body.length}\r
\r
`,
    );
    const header = encoder.encode(
      [
        "WARC/1.1",
        "WARC-Type: response",
        `WARC-Record-ID: <urn:uuid:${await recordId(`${position++} ${url}`)}>`,
        `WARC-Target-URI: ${url.replace(/[\r\n]/g, "")}`,
        `WARC-Date: ${new Date(date).toISOString().slice(0, 19)}Z`,
        "WARC-Identified-Payload-Type: text/html",
        "Content-Type: application/http; msgtype=response",
        `Content-Length: ${http.length + body.length}`,
        "\r\n",
      ].join("\r\n"),
    );
    yield await gzip([header, http, body, encoder.encode("\r\n\r\n")]);
  }
}
async function gzip(parts) {
  const stream = new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
async function recordId(text) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  hash[6] = (hash[6] & 15) | 128;
  hash[8] = (hash[8] & 63) | 128;
  const hex = Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// ../../packages/dataset/src/node/write-jsonl.ts
import { open, rename, rm } from "node:fs/promises";
import { pipeline as pipeline2, Readable } from "node:stream";
import { createGzip } from "node:zlib";

async function writeJsonl(documents2, path, { signal } = {}) {
  const aside = `${path}.tmp`;
  let count = 0;
  async function* lines() {
    for await (const { id, text, meta } of documents2) {
      signal?.throwIfAborted();
      count++;
      yield `${JSON.stringify({ id, text, meta })}
`;
    }
  }
  const file = await open(aside, "w");
  try {
    const text = Readable.from(lines());
    const out = path.endsWith(".gz") ? pipeline2(text, createGzip(), () => {}) : text;
    for await (const chunk of out) await file.appendFile(chunk);
    await file.sync();
    await file.close();
    await rename(aside, path);
  } catch (error) {
    await file.close();
    await rm(aside, { force: true });
    throw error;
  }
  return count;
}

// src/dataset-chain.ts
var data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
var python = process.env["LLM_PYTHON"];
var lid = process.env["LLM_LID"] ?? "";
var times = 4;
async function run2(folder, file) {
  const list2 = (name) => readFileSync(join(data, "url-lists", `${name}.txt`), "utf8").split("\n");
  const lists = {
    words: list2("banned_words"),
    subwords: list2("banned_subwords"),
    softWords: list2("soft_banned_words"),
  };
  const start = performance.now();
  const used = process.cpuUsage();
  const p = pipeline(
    readWarc(() => createReadStream(file, { highWaterMark: 1 << 20 })),
    urlFilter({ lists }),
    extract({ favor: "precision", ...(process.env["LLM_INLINE"] && { timeout: false }) }),
    ...(lid || !python ? [language(["en"])] : []),
    gopherRepetition(),
    gopherQuality(),
    c4Quality(),
    finewebQuality(),
  );
  const kept2 = await writeJsonl(p.docs(), join(folder, "ours.jsonl"));
  const { user, system } = process.cpuUsage(used);
  const result = { seconds: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6, kept: kept2 };
  console.log(JSON.stringify(result));
  if (process.env["LLM_STATS"]) console.error(p.stats());
}
async function* pages() {
  const folder = join(data, "article-extraction");
  const truth = JSON.parse(readFileSync(join(folder, "ground-truth.json"), "utf8"));
  for (let time = 0; time < times; time++) {
    for (const [id, { url }] of Object.entries(truth)) {
      yield { url, html: gunzipSync(readFileSync(join(folder, "html", `${id}.html.gz`))).toString("utf8") };
    }
  }
}
function onOneCore(command, ...args) {
  const bound = hasTaskset ? ["taskset", "-c", "0", command, ...args] : [command, ...args];
  const stdout = execFileSync(bound[0], bound.slice(1), {
    encoding: "utf8",
    stdio: ["ignore", "pipe", process.env["LLM_STATS"] ? "inherit" : "ignore"],
  });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}
var [folderOfRun, fileOfRun] = process.argv.slice(2);
var hasTaskset = true;
if (folderOfRun && fileOfRun) await run2(folderOfRun, fileOfRun);
else {
  try {
    execFileSync("taskset", ["-V"], { stdio: "ignore" });
  } catch {
    hasTaskset = false;
  }
  const folder = mkdtempSync(join(tmpdir(), "llm-chain-"));
  try {
    const file = join(folder, "pages.warc.gz");
    const members = [];
    let bytes = 0;
    for await (const member of writeWarc(pages())) {
      members.push(member);
      bytes += gunzipSync(member).length;
    }
    writeFileSync(file, Buffer.concat(members));
    const rate = (seconds) => `${(bytes / seconds / 1e6).toFixed(1).padStart(7)} MB/s`;
    const report = (name, { seconds, cpu, kept: kept2 }) =>
      console.log(
        `${name.padEnd(16)} ${rate(seconds)} by the clock ${rate(cpu)} by the processor   ${kept2} of ${members.length} kept`,
      );
    console.log(
      `${(bytes / 1e6).toFixed(0)} MB of WARC, one core${hasTaskset ? "" : " and what else threads find"}`,
    );
    const ours = Array.from({ length: 3 }, () =>
      onOneCore(process.execPath, ...process.execArgv, import.meta.filename, folder, file),
    ).sort((a, b) => a.cpu - b.cpu)[1];
    report("@llm/dataset", ours);
    if (python) {
      const script = join(import.meta.dirname, "datatrove_chain.py");
      const theirs = onOneCore(python, script, folder, file, join(data, "url-lists"), lid);
      report("datatrove", theirs);
      const ratio = (by) => (theirs[by] / ours[by]).toFixed(1);
      console.log(`ours is ${ratio("seconds")}x as fast by the clock, ${ratio("cpu")}x by the processor`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
